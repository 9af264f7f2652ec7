using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;

[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(PageGateway))]
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)] // one browser and one server, on two cores
