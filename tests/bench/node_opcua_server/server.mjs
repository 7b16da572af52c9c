// node-opcua's server with N variables that all change every second.
//   node server.mjs N SECONDS PORT
import variant from "node-opcua-variant";
import server_ from "node-opcua-server";
import channel from "node-opcua-secure-channel";
import sets from "node-opcua-nodesets";
import status from "node-opcua-status-code";

const { DataType, Variant } = variant;
const { OPCUAServer } = server_;
const { SecurityPolicy, MessageSecurityMode } = channel;
const { nodesets } = sets;
const { StatusCodes } = status;

const [count, seconds, port] = process.argv.slice(2).map(Number);
const begin = performance.now();
const server = new OPCUAServer({
  port,
  host: "127.0.0.1",
  securityPolicies: [SecurityPolicy.None],
  securityModes: [MessageSecurityMode.None],
  nodeset_filename: [nodesets.standard],
  serverCapabilities: {
    maxMonitoredItems: 200000,
    maxMonitoredItemsPerSubscription: 200000,
    operationLimits: { maxMonitoredItemsPerCall: 200000 },
  },
});
await server.initialize();
const space = server.engine.addressSpace;
const own = space.getOwnNamespace();
const pad = (number, width) => String(number).padStart(width, "0");
const stations = Array.from({ length: 100 }, (_, n) =>
  own.addObject({ organizedBy: space.rootFolder.objects, browseName: `M${pad(n, 3)}` }));
const nodes = Array.from({ length: count }, (_, n) =>
  own.addVariable({
    componentOf: stations[n % 100],
    browseName: `Value${pad(n, 6)}`,
    nodeId: `s=M${pad(n % 100, 3)}.Value${pad(n, 6)}`,
    dataType: "Double",
    minimumSamplingInterval: 0,
  }));
const write = () => {
  const now = Date.now() / 1000;
  const stamp = new Date();
  for (const node of nodes) {
    node.setValueFromSource(new Variant({ dataType: DataType.Double, value: now }),
      StatusCodes.Good, stamp);
  }
};
write();
await server.start();
console.log(JSON.stringify({
  endpoint: `opc.tcp://127.0.0.1:${port}`,
  built_s: (performance.now() - begin) / 1000,
  memory_mb: process.memoryUsage().rss / 1048576,
  namespace: own.index,
}));
const beat = () => {
  write();
  setTimeout(beat, 1000 - (Date.now() % 1000));
};
setTimeout(beat, 1000 - (Date.now() % 1000));
setTimeout(async () => { await server.shutdown(0); process.exit(0); }, seconds * 1000);
