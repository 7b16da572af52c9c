// node-opcua tries each feature: `node features.mjs ASK`; tells facts, as clients/steps.py has it.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import certificates from "node-opcua-certificate-manager";
import opcua from "node-opcua-client";

const {
  AggregateFunction,
  AttributeIds,
  ClientMonitoredItem,
  ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  DataType,
  DeadbandType,
  EventFilter,
  HistoryReadRequest,
  MessageSecurityMode,
  OPCUAClient,
  ReadAtTimeDetails,
  ReadEventDetails,
  ReadRawModifiedDetails,
  SecurityPolicy,
  TimestampsToReturn,
  UserTokenType,
  makeBrowsePath,
} = opcua;

const LATE_MS = 60_000;
const ask = JSON.parse(process.argv[2]);
const id = (name) => `ns=2;s=${name}`;
// a line is out before the process goes on, or ends
const say = (thing) => new Promise((resolve) => process.stdout.write(`${JSON.stringify(thing)}\n`, resolve));
const heard = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function please(wish) {
  await say({ please: wish });
  await heard.next();
}

// ---- clients

const login = { type: UserTokenType.UserName, userName: ask.user, password: ask.password };
let manager;

function prepared(policy = "Basic256Sha256", mode = "SignAndEncrypt", more = {}) {
  return OPCUAClient.create({
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 1, initialDelay: 100 },
    securityMode: MessageSecurityMode[mode],
    securityPolicy: SecurityPolicy[policy],
    clientCertificateManager: manager,
    requestedSessionTimeout: 60_000,
    ...more,
  });
}

async function within(client, who, use) {
  await client.connect(ask.url);
  try {
    const session = await client.createSession(who);
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  } finally {
    await client.disconnect();
  }
}

const statusOf = (error) => /Bad[A-Za-z]+/.exec(String(error.message ?? error))?.[0] ?? String(error.message ?? error);
const row = (value) => [value.sourceTimestamp, number(value.value.value), value.statusCode.name];
// an Int64 comes as [high, low]
const number = (value) => (Array.isArray(value) ? value[0] * 2 ** 32 + value[1] : value);

async function write(session, value, tag = ask.setpoint) {
  const status = await session.write({
    nodeId: id(tag),
    attributeId: AttributeIds.Value,
    value: { value: { dataType: DataType.Double, value } },
  });
  return status.name;
}

async function call(session, method, ...given) {
  const inputArguments = given.map((value) => ({
    dataType: typeof value === "string" ? DataType.String : DataType.Double,
    value,
  }));
  const result = await session.call({
    objectId: id(ask.line),
    methodId: id(`${ask.line}.${method}()`),
    inputArguments,
  });
  return result.statusCode.name;
}

function watched(session, nodeId, attributeId, parameters) {
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: 100,
    requestedLifetimeCount: 1000,
    requestedMaxKeepAliveCount: 10,
    publishingEnabled: true,
  });
  const item = ClientMonitoredItem.create(
    subscription, { nodeId, attributeId }, parameters, TimestampsToReturn.Both,
  );
  return { subscription, item };
}

function watch(session, filter) {
  const rows = [];
  const { subscription, item } = watched(session, id(ask.tag), AttributeIds.Value, {
    samplingInterval: 100, queueSize: 20, discardOldest: true, filter,
  });
  item.on("changed", (value) => rows.push(row(value)));
  const more = async (count) => {
    const before = rows.length;
    while (rows.length < before + count) await new Promise((resolve) => setTimeout(resolve, 50));
    return rows.slice(before);
  };
  return { subscription, more };
}

// ---- events

const paths = ask.fields.map(([, ...path]) => path.join("/") || "ConditionId");

const eventFilter = () =>
  new EventFilter({
    selectClauses: ask.fields.map(([kind, ...path]) => ({
      typeDefinitionId: `i=${kind}`,
      browsePath: path,
      attributeId: path.length ? AttributeIds.Value : AttributeIds.NodeId,
    })),
  });

const named = (variants) =>
  Object.fromEntries(
    variants.map(({ dataType, value }, place) => [
      paths[place],
      dataType === DataType.NodeId ? value.toString().replace(/^ns=0;/, "") : value,
    ]),
  );

const mine = (event) => event.ConditionId === id(ask.condition);

async function until(events, wanted, after = 0) {
  for (;;) {
    const found = events.findIndex((event, place) => place >= after && wanted(event));
    if (found >= 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function method(session, objectId, methodId, inputArguments) {
  return (await session.call({ objectId, methodId, inputArguments })).statusCode.name;
}

async function answered(session, historyReadDetails, wanted) {
  const response = await session.historyRead(
    new HistoryReadRequest({
      historyReadDetails,
      timestampsToReturn: TimestampsToReturn.Both,
      nodesToRead: [wanted],
    }),
  );
  const [result] = response.results;
  if (result.statusCode.isBad()) throw new Error(result.statusCode.name);
  return { data: result.historyData, point: result.continuationPoint };
}

async function past(session, details, continuationPoint) {
  const { data, point } = await answered(session, details, { nodeId: id(ask.tag), continuationPoint });
  return { rows: data.dataValues.map(row), point };
}

async function through(wish) {
  await leave();
  const client = prepared(undefined, undefined, {
    connectionStrategy: { maxRetry: -1, initialDelay: 200, maxDelay: 1000 },
  });
  return within(client, login, async (session) => {
    const { more } = watch(session);
    const before = await more(3);
    await please(wish);
    const after = await more(5);
    return { before: before.length, after: after.length, by: "library" };
  });
}

// ---- features: each on one encrypted session of the instructor's

const features = {
  async discovery() {
    const client = OPCUAClient.create({ endpointMustExist: false });
    await client.connect(ask.url);
    const endpoints = await client.getEndpoints();
    const servers = await client.findServers();
    await client.disconnect();
    return {
      endpoints: endpoints.map(
        (one) => `${one.securityPolicyUri.split("#")[1]} ${MessageSecurityMode[one.securityMode]}`,
      ),
      servers: servers.map((one) => one.applicationUri),
    };
  },

  async policies() {
    const answers = {};
    for (const policy of ["Basic256Sha256", "Aes256_Sha256_RsaPss"]) {
      for (const mode of ["Sign", "SignAndEncrypt"]) {
        answers[`${policy} ${mode}`] = await within(prepared(policy, mode), login, async (session) => {
          const value = await session.read({ nodeId: id(ask.tag), attributeId: AttributeIds.Value });
          return value.statusCode.name;
        });
      }
    }
    return answers;
  },

  async certificate() {
    const who = {
      type: UserTokenType.Certificate,
      certificateData: readFileSync(ask.userCertificate),
      privateKey: readFileSync(ask.userKey, "utf8"),
    };
    return within(prepared(), who, async (session) => ({
      login: "Good",
      write: await write(session, ask.right),
    }));
  },

  async refused() {
    try {
      return await within(prepared(), { ...login, password: "wrong" }, async () => ({ login: "Good" }));
    } catch (error) {
      return { login: statusOf(error) };
    }
  },

  async observer() {
    const who = { type: UserTokenType.Anonymous };
    return within(prepared("None", "None"), who, async (session) => {
      const value = await session.read({ nodeId: id(ask.tag), attributeId: AttributeIds.Value });
      return {
        read: value.statusCode.name,
        write: await write(session, ask.right),
        inject: await call(session, "InjectFault", ask.fault, 1.0),
      };
    });
  },

  async browse(session) {
    session.requestedMaxReferencesPerNode = 20;
    const seen = new Set(["ns=0;i=84"]);
    let todo = ["ns=0;i=84"];
    let pages = 0;
    while (todo.length) {
      const batch = todo.splice(0, 100);
      let results = await session.browse(
        batch.map((nodeId) => ({
          nodeId,
          browseDirection: 0,
          includeSubtypes: true,
          resultMask: 63,
          referenceTypeId: "HierarchicalReferences",
        })),
      );
      while (results.length) {
        for (const result of results) {
          for (const reference of result.references ?? []) {
            const node = reference.nodeId.toString();
            if (!seen.has(node)) {
              seen.add(node);
              todo.push(node);
            }
          }
        }
        const points = results.map((one) => one.continuationPoint).filter((point) => point?.length);
        if (!points.length) break;
        pages += 1;
        results = await session.browseNext(points, false);
      }
    }
    session.requestedMaxReferencesPerNode = 0;
    return { nodes: [...seen].map((node) => node.replace(/^ns=0;/, "")), pages };
  },

  async paths(session) {
    const path = `/2:${ask.line.replace("/", "&/")}/2:${ask.station}/2:${ask.tag.split(".")[1]}`;
    const result = await session.translateBrowsePath(makeBrowsePath("ObjectsFolder", path));
    return result.targets[0].targetId.toString();
  },

  async read(session) {
    const read = (name) => session.read({ nodeId: id(name), attributeId: AttributeIds.Value });
    const [time, value, status] = row(await read(ask.tag));
    const range = (await read(`${ask.tag}.EURange`)).value.value;
    const unit = (await read(`${ask.tag}.EngineeringUnits`)).value.value;
    return { time, value, status, range: [range.low, range.high], unit: [unit.displayName.text, unit.unitId] };
  },

  async read_many(session) {
    const values = await session.read(
      ask.tags.map((tag) => ({ nodeId: id(tag), attributeId: AttributeIds.Value })),
    );
    const statuses = {};
    for (const { statusCode } of values) statuses[statusCode.name] = (statuses[statusCode.name] ?? 0) + 1;
    return { statuses };
  },

  // no `korean`: ActivateSession always goes out with an empty list of locales

  async subscribe(session) {
    const { subscription, more } = watch(session);
    const rows = await more(8);
    await subscription.terminate();
    return rows;
  },

  async deadband(session) {
    const filter = new DataChangeFilter({
      trigger: DataChangeTrigger.StatusValue,
      deadbandType: DeadbandType.Absolute,
      deadbandValue: 0.45,
    });
    const { subscription, more } = watch(session, filter);
    const rows = await more(5);
    await subscription.terminate();
    return rows;
  },

  async write(session) {
    return {
      wrong: await write(session, ask.wrong),
      measured: await write(session, ask.right, ask.tag),
      right: await write(session, ask.right),
      back: (await session.read({ nodeId: id(ask.setpoint), attributeId: AttributeIds.Value })).value.value,
    };
  },

  async methods(session) {
    return {
      stop: await call(session, "Stop"),
      start: await call(session, "Start"),
      inject: await call(session, "InjectFault", ask.fault, 1.0),
      repair: await call(session, "RepairFault", ask.fault),
      unknown: await call(session, "InjectFault", "E-none", 1.0),
    };
  },

  async machines(session) {
    const index = (await session.readNamespaceArray()).indexOf("http://opcfoundation.org/UA/Machinery/");
    const children = async (nodeId) => {
      const result = await session.browse({
        nodeId, browseDirection: 0, includeSubtypes: true, resultMask: 63,
        referenceTypeId: "HierarchicalReferences",
      });
      return result.references.map((one) => [one.browseName.name, one.nodeId]);
    };
    const found = {};
    for (const [name, machine] of await children(`ns=${index};i=1001`)) {
      let nodes = [machine];
      for (const wanted of ["Identification", "SerialNumber"]) {
        const below = (await Promise.all(nodes.map(children))).flat();
        nodes = below.filter(([child]) => child === wanted).map(([, node]) => node);
      }
      found[name] = nodes.length
        ? (await session.read({ nodeId: nodes[0], attributeId: AttributeIds.Value })).value.value
        : null;
    }
    return found;
  },

  async alarms(session) {
    const { subscription, item } = watched(session, "i=2253", AttributeIds.EventNotifier, {
      samplingInterval: 0, queueSize: 100, discardOldest: true, filter: eventFilter(),
    });
    const events = [];
    item.on("changed", (fields) => events.push(named(fields)));
    await new Promise((resolve) => item.once("initialized", resolve));
    try {
      await write(session, ask.far);
      const first = events[await until(events, (event) =>
        mine(event) && event["ActiveState/Id"] && !event["AckedState/Id"])];
      const mark = events.length;
      const refresh = await method(session, "i=2782", "i=3875", [
        { dataType: DataType.UInt32, value: subscription.subscriptionId },
      ]);
      const end = refresh === "Good" ? await until(events, (event) => event.EventType === "i=2788", mark) : mark;
      const again = events.slice(mark, end).some(mine);
      const acknowledge = await method(session, id(ask.condition), "i=9111", [
        { dataType: DataType.ByteString, value: first.EventId },
        { dataType: DataType.LocalizedText, value: { locale: "en", text: "seen" } },
      ]);
      if (acknowledge === "Good") await until(events, (event) => mine(event) && event["AckedState/Id"], mark);
      return {
        severity: first.Severity, source: first.SourceName, refresh, again, acknowledge,
        acked: acknowledge === "Good",
      };
    } finally {
      await write(session, ask.right);
      await subscription.terminate();
    }
  },

  async events(session) {
    const details = new ReadEventDetails({
      startTime: new Date(ask.span[0]), endTime: new Date(ask.later), filter: eventFilter(),
    });
    const { data } = await answered(session, details, { nodeId: "i=2253" });
    const told = data.events.map((one) => named(one.eventFields)).filter(mine);
    return told.slice(0, 2).map((event) => [event["ActiveState/Id"], event["AckedState/Id"]]);
  },

  async history(session) {
    const [startTime, endTime] = ask.span.map((text) => new Date(text));
    const details = new ReadRawModifiedDetails({ startTime, endTime, numValuesPerNode: 25 });
    const rows = [];
    let pages = 0;
    let point;
    while (pages === 0 || point?.length) {
      const page = await past(session, details, point);
      rows.push(...page.rows);
      point = page.point;
      pages += 1;
    }
    return { rows, pages };
  },

  async at_time(session) {
    const reqTimes = ask.between.map((text) => new Date(text));
    return (await past(session, new ReadAtTimeDetails({ reqTimes, useSimpleBounds: false }))).rows;
  },

  async processed(session) {
    const [from, to] = ask.span.map((text) => new Date(text));
    const found = {};
    for (const name of ["Average", "Minimum", "Maximum", "Count"]) {
      const result = await session.readAggregateValue(
        { nodeId: id(ask.tag) }, from, to, AggregateFunction[name], 10_000,
      );
      found[name] = result.statusCode.isBad() ? result.statusCode.name : result.historyData.dataValues.map(row);
    }
    return found;
  },

  connection: () => through("cut"),
  restart: () => through("restart"),
};

async function timely(promise) {
  let late;
  const limit = new Promise((_, reject) => {
    late = setTimeout(() => reject(new Error("no answer in time")), LATE_MS);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(late));
}

manager = new certificates.OPCUACertificateManager({
  rootFolder: ask.pki,
  automaticallyAcceptUnknownCertificate: true,
});
await manager.initialize();
const client = prepared();
await client.connect(ask.url);
let session = await client.createSession(login);

// without this the first session would come back too, as another one: it has no subscription
async function leave() {
  await session?.close();
  session = undefined;
  await client.disconnect();
}

for (const feature of ask.features) {
  if (!(feature in features)) {
    await say({ feature, missing: true });
    continue;
  }
  try {
    await say({ feature, found: await timely(features[feature](session)) });
  } catch (error) {
    await say({ feature, error: statusOf(error), text: String(error.stack).slice(0, 300) });
  }
}
process.exit(0);
