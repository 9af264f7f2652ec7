using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using MplugCluster.Gateway.Api;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using Orleans.Runtime;

namespace MplugCluster.Gateway.Errors;

/// <summary>Turns whatever ends a request early into an error answer.</summary>
sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    const string ContentType = "application/problem+json";

    /// <summary>Where OpenAI's clients ask.</summary>
    static readonly PathString[] OfOpenAi = ["/v1/embeddings", "/v1/models"];

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: 404, ContentType: null } && context.GetEndpoint() is null)
                await Write(context, Problems.NoRoute(context.Request.Path).Problem);
            else if (context.Response is { HasStarted: false, StatusCode: 405 or 408 or 413 or 415, ContentType: null })
                await Write(context, Refused(context).Problem);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: there is nobody to answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await Write(context, ProblemOf(e, context));
        }
    }

    /// <summary>What routing and the reading of bodies end without a word.</summary>
    static ProblemException Refused(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status405MethodNotAllowed => Problems.NoRoute($"{context.Request.Method} {context.Request.Path}"),
        StatusCodes.Status408RequestTimeout => Problems.TooSlow(),
        StatusCodes.Status413PayloadTooLarge => TooLarge(context),
        _ => Problems.UnsupportedMediaType($"'{context.Request.ContentType}' is not understood here; send application/json."),
    };

    static ProblemException TooLarge(HttpContext context) =>
        Problems.TooLarge($"The body has more than {context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize} bytes.");

    static async Task Write(HttpContext context, Problem problem)
    {
        if (OfOpenAi.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)))
            problem = problem with { Error = new OpenAiError(problem.Detail, problem.Type) };
        context.Response.Clear();
        context.Response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        if (problem.RetryAfterMs is { } wait)
            context.Response.Headers.RetryAfter = ((wait + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        await context.Response.WriteAsJsonAsync(problem, ApiJson.Options, ContentType);
    }

    Problem ProblemOf(Exception exception, HttpContext context)
    {
        switch (exception)
        {
            case ProblemException known:
                return known.Problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return TooLarge(context).Problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return Problems.TooSlow().Problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } bad:
                return Problems.UnsupportedMediaType(bad.Message).Problem;
            case BadHttpRequestException bad:
                return Problems.InvalidRequest(RequestFault.Of(bad)).Problem;
            case SourceException refused:
                return Problems.SourceRefused(refused.Message).Problem;
            case StoreException failed:
                LogStore(failed.Message);
                return Problems.StoreFailed(failed.Message).Problem;
            case TimeoutException or OrleansException:
                LogCluster(exception.Message);
                return Problems.Unavailable(exception.Message).Problem;
            default:
                LogBug(exception, context.TraceIdentifier);
                return Problems.Bug(context.TraceIdentifier).Problem;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store failed: {Reason}")]
    partial void LogStore(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A call into the cluster failed: {Reason}")]
    partial void LogCluster(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Request} failed")]
    partial void LogBug(Exception exception, string request);
}
