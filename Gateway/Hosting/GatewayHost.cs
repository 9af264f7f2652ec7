using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MplugCluster.Gateway.Admission;
using MplugCluster.Gateway.Annotations;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Caches;
using MplugCluster.Gateway.Clusters;
using MplugCluster.Gateway.Corpora;
using MplugCluster.Gateway.Dashboard;
using MplugCluster.Gateway.Embeddings;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Explain;
using MplugCluster.Gateway.Fetching;
using MplugCluster.Gateway.Jobs;
using MplugCluster.Gateway.Models;
using MplugCluster.Gateway.OpenApi;
using MplugCluster.Gateway.Page;
using MplugCluster.Gateway.Pictures;
using MplugCluster.Gateway.Reranking;
using MplugCluster.Gateway.Scoring;
using MplugCluster.Gateway.Search;
using MplugCluster.Gateway.Security;
using MplugCluster.Silo.Health;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Hosting;

/// <summary>
/// A silo with the HTTP door. With devices it is a whole cluster in one process; without (<c>Mplug:Device:Devices=none</c>) it is the door to
/// the silos that have some.
/// </summary>
public static class GatewayHost
{
    /// <summary>Largest JSON body, in bytes: room for a thousand small pictures or one large one in base64.</summary>
    const long MaxBodyBytes = 64 * 1024 * 1024;

    /// <summary>A body that comes slower than this is not waited for: it would hold a connection and its memory.</summary>
    const double MinBodyBytesPerSecond = 240;

    static readonly TimeSpan BodyGrace = TimeSpan.FromSeconds(5);

    /// <summary>Builds the process from command line and environment.</summary>
    /// <exception cref="MplugOptionsException">Settings are wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.UseStderr();
        var section = builder.Configuration.GetSection(MplugOptions.Section);
        if (builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            throw new MplugOptionsException([new OptionsFault("Kestrel:Endpoints", $"would listen past {MplugOptions.Section}:Gateway:Url; use that.")]);
        return Build(
            builder,
            OptionsReader.Read<MplugOptions>(section, GatewayOptions.Section),
            OptionsReader.Read<GatewayOptions>(section.GetSection(GatewayOptions.Section)));
    }

    /// <summary>Builds the process from options alone; nothing is read from the environment.</summary>
    /// <exception cref="MplugOptionsException">Settings are wrong.</exception>
    public static WebApplication Build(MplugOptions options, GatewayOptions gateway, LogLevel logLevel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.UseStderr();
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(logLevel);

        // What keeps it from starting is the caller's exception, and for him to tell.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        return Build(builder, options, gateway);
    }

    static WebApplication Build(WebApplicationBuilder builder, MplugOptions options, GatewayOptions gateway)
    {
        var faults = MplugOptionsValidator.Validate(options).Concat(GatewayOptionsValidator.Validate(gateway)).ToList();
        if (faults.Count > 0)
            throw new MplugOptionsException(faults);
        var served = ServedModel.Open(options);
        builder.Host.UseOrleans(silo => silo.UseCluster(options.Cluster).AddMplug(options, served).Traced(builder.Configuration));
        builder.WebHost.UseUrls(gateway.Url);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(MinBodyBytesPerSecond, BodyGrace);
        });
        builder.Services.Configure<JsonOptions>(json => ApiJson.Apply(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        builder.Services.AddSingleton(gateway);
        builder.Services.AddSingleton<AccessKeys>();
        builder.Services.AddRequestPipelines();
        builder.Services.AddApiDescription();
        builder.Services.AddTelemetry(builder.Configuration, options.Cluster.SiloName);
        var host = builder.Build();
        host.UseMiddleware<AnswerHeaders>();
        host.UseMiddleware<ProblemMiddleware>();
        host.UseMiddleware<DashboardDoor>();
        host.UseRouting();
        host.UseMiddleware<AccessMiddleware>();
        host.UseMiddleware<AdmissionMiddleware>();
        host.MapGroup("").Described().MapHealth();
        host.MapMetrics();
        host.MapGroup("/v1").Described().MapModels().MapBlobs().MapCorpora().MapItems().MapPictures().MapSearch().MapRetrieval().MapExplain()
            .MapEmbeddings().MapRerank("1").MapJobs().MapJobSubmission().MapJobResults().MapJobEvents().MapAnnotations().MapCluster().MapCaches();
        host.MapGroup("/v2").Described().MapRerank("2");
        host.MapApiDescription();
        host.MapPage();
        host.MapDashboard();
        return host;
    }

    /// <summary>The classes that answer requests, as far as they are more than a handler.</summary>
    internal static IServiceCollection AddRequestPipelines(this IServiceCollection services) => services
        .AddSingleton<BlobStore>()
        .AddSingleton<IFetchNetwork, FetchNetwork>()
        .AddSingleton(provider => new PictureFetcher(
            provider.GetService<GatewayOptions>()?.Fetch ?? new FetchOptions(),
            provider.GetRequiredService<MplugOptions>().Pictures.MaxBytes,
            provider.GetRequiredService<IFetchNetwork>()))
        .AddSingleton<PictureInputs>()
        .AddSingleton<SearchPipeline>()
        .AddSingleton<RetrievalPipeline>()
        .AddSingleton<EmbeddingPipeline>()
        .AddSingleton<RerankPipeline>()
        .AddSingleton<ClusterView>()
        .AddSingleton<CacheKeeper>()
        .AddSingleton<ExplainedPairs>()
        .AddSingleton<ExplanationPipeline>()
        .AddSingleton<DashboardSessions>()
        .AddJobDoors();
}
