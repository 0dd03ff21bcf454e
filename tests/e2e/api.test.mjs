// The JavaScript API, imported by a page that is not ours: `dist/api/ringscope.js`.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { address, launch, newPage } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** A page with nothing in it, which can run functions with the API and a fresh cluster in hand. */
async function blank() {
  const page = await newPage(browser);
  const url = address("blank.html");
  await page.route(url, (route) => route.fulfill({ contentType: "text/html", body: "<title>blank</title>" }));
  await page.goto(url);
  await page.evaluate(async (module) => {
    const api = await import(module);
    // What an error says of itself.
    window.refused = async (work) => {
      try {
        await work();
      } catch (error) {
        const { name, message, kind, Item, $fault, $metadata } = error;
        const status = $metadata?.httpStatusCode;
        return { name, message, kind, Item, $fault, status, isError: error instanceof Error };
      }
      return "it was taken";
    };
    window.api = api;
    window.MUSIC = {
      TableName: "Music",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["artist", "song", "year", "label"].map((name) => ({
        AttributeName: name,
        AttributeType: name === "year" ? "N" : "S",
      })),
      KeySchema: [
        { AttributeName: "artist", KeyType: "HASH" },
        { AttributeName: "song", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-label",
          KeySchema: [
            { AttributeName: "label", KeyType: "HASH" },
            { AttributeName: "year", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
        {
          IndexName: "by-year",
          KeySchema: [{ AttributeName: "year", KeyType: "HASH" }],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    };
    window.song = (artist, song, year, label, more = {}) => ({
      TableName: "Music",
      Item: { artist: { S: artist }, song: { S: song }, year: { N: String(year) }, label: { S: label }, ...more },
    });
    window.fresh = async (config) => {
      const cluster = await api.Cluster.new({ seed: 7, ...config });
      await cluster.send("CreateTable", window.MUSIC);
      return cluster;
    };
  }, address("api/ringscope.js"));
  return page;
}

for (const record of [true, false]) {
  test(`tables, items, conditions and indexes, ${record ? "with" : "without"} a record`, async () => {
    const page = await blank();
    const seen = await page.evaluate(async (record) => {
      const cluster = await fresh({ record });
      const bytes = new Uint8Array([0, 127, 255]);
      await cluster.send("PutItem", song("Acme", "One", 1999, "Blue", { cover: { B: bytes }, tags: { SS: ["b", "a"] } }));
      await cluster.send("PutItem", song("Acme", "Two", 2001, "Blue", { cover: { B: "AH//" } }));
      await cluster.send("PutItem", song("Zeta", "Three", 2001, "Red"));
      const before = cluster.now;
      const changed = await cluster.send("UpdateItem", {
        TableName: "Music",
        Key: { artist: { S: "Acme" }, song: { S: "One" } },
        UpdateExpression: "SET plays = if_not_exists(plays, :zero) + :one",
        ConditionExpression: "attribute_exists(artist)",
        ExpressionAttributeValues: { ":zero": { N: "0" }, ":one": { N: "1" } },
        ReturnValues: "UPDATED_NEW",
      });
      const condition = await refused(() =>
        cluster.send("PutItem", {
          ...song("Acme", "One", 1, "Green"),
          ConditionExpression: "plays > :many",
          ExpressionAttributeValues: { ":many": { N: "10" } },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      cluster.advance(1000);
      const query = await cluster.send("Query", {
        TableName: "Music",
        IndexName: "by-label",
        KeyConditionExpression: "label = :l AND #y > :y",
        ExpressionAttributeNames: { "#y": "year" },
        ExpressionAttributeValues: { ":l": { S: "Blue" }, ":y": { N: "2000" } },
        ReturnConsumedCapacity: "TOTAL",
      });
      const got = cluster.sendSync("GetItem", {
        TableName: "Music",
        Key: { artist: { S: "Acme" }, song: { S: "One" } },
        ConsistentRead: true,
      });
      const { Table } = await cluster.send("DescribeTable", { TableName: "Music" });
      const names = await cluster.send("ListTables");
      return {
        advanced: cluster.now - before,
        attributes: changed.Attributes,
        condition: { ...condition, Item: condition.Item.plays },
        query: { songs: query.Items.map((item) => item.song.S), count: query.Count, units: query.ConsumedCapacity.CapacityUnits },
        cover: got.Item.cover.B instanceof Uint8Array && [...got.Item.cover.B],
        tags: got.Item.tags,
        coverOfText: [...query.Items[0].cover.B],
        table: [Table.TableStatus, Table.GlobalSecondaryIndexes.map((index) => index.IndexName), typeof Table.CreationDateTime],
        names,
        isOfClass: await cluster.send("Nothing").catch((error) => error instanceof api.DynamoDBServiceException && error.name),
      };
    }, record);
    assert.ok(seen.advanced > 1000, "requests and advance let time pass");
    assert.deepEqual(seen.attributes, { plays: { N: "1" } });
    assert.deepEqual(seen.condition, {
      name: "ConditionalCheckFailedException",
      message: "The conditional request failed",
      Item: { N: "1" },
      $fault: "client",
      status: 400,
      kind: undefined,
      isError: true,
    });
    assert.deepEqual(seen.query, { songs: ["Two"], count: 1, units: 0.5 });
    assert.deepEqual(seen.cover, [0, 127, 255]);
    assert.deepEqual(seen.coverOfText, [0, 127, 255]);
    assert.deepEqual(seen.tags, { SS: ["a", "b"] });
    assert.deepEqual(seen.table, ["ACTIVE", ["by-label", "by-year"], "number"]);
    assert.deepEqual(seen.names, { TableNames: ["Music"] });
    assert.equal(seen.isOfClass, "UnknownOperationException");
    assert.deepEqual(page.complaints, []);
  });

  test(`faults and events, ${record ? "with" : "without"} a record`, async () => {
    const page = await blank();
    const seen = await page.evaluate(async (record) => {
      const cluster = await fresh({ record });
      const events = [];
      const end = cluster.subscribe((event) => events.push(event));
      cluster.command("# a comment\n\ncrash B\n  crash C D E");
      const failed = await refused(() => cluster.send("PutItem", song("Acme", "One", 1, "Blue")));
      cluster.command("restart B C D E");
      cluster.advance(2000);
      await cluster.send("PutItem", song("Acme", "One", 1, "Blue"));
      const count = events.length;
      end();
      end();
      await cluster.send("PutItem", song("Acme", "Two", 1, "Blue"));
      const types = [...new Set(events.map((event) => event.type))];
      const crash = events.find((event) => event.type === "crashed");
      const last = events.findLast((event) => event.type === "answered");
      return {
        failed,
        types,
        crash: [crash.node, typeof crash.seq, typeof crash.at, /^B crashed/.test(crash.text), crash.routine],
        inOrder: events.every((event, at) => at === 0 || (event.seq > events[at - 1].seq && event.at >= events[at - 1].at)),
        last: [last.answer, last.client, /^#\d+$/.test(last.request), last.took > 0],
        message: events.find((event) => event.type === "delivered" && event.kind === "write"),
        after: events.length - count,
        nodes: cluster.command("nodes").split("\n").length,
      };
    }, record);
    assert.match(seen.failed.name, /^(InternalServerError|ServiceUnavailableException)$/);
    assert.equal(seen.failed.$fault, "server");
    for (const type of ["commanded", "crashed", "restarted", "asked", "noted", "answered"]) {
      assert.ok(seen.types.includes(type), `${type} is not among ${seen.types}`);
    }
    assert.deepEqual(seen.crash, ["B", "number", "number", true, false]);
    assert.ok(seen.inOrder);
    assert.deepEqual(seen.last, ["written", "client", true, true]);
    assert.equal(seen.after, 0, "whoever has unsubscribed hears nothing");
    assert.equal(seen.nodes, 6);
    if (record) {
      assert.ok(seen.types.includes("synced"));
      const { message } = seen;
      assert.match(message.message, /^m\d+$/);
      assert.match(message.from, /^[A-E]$/);
      assert.ok(message.took > 0);
    }
    assert.deepEqual(page.complaints, []);
  });

  test(`a snapshot goes on to the last bit, ${record ? "with" : "without"} a record`, async () => {
    const page = await blank();
    const [one, other] = await page.evaluate(async (record) => {
      const cluster = await fresh({ record });
      // Under way while the snapshot is taken: what a late replica has to say, and a hint.
      cluster.command("set quorum=sloppy\ncrash C");
      for (let at = 0; at < 20; at += 1) cluster.sendSync("PutItem", song("Acme", `S${at}`, at, "Blue"));
      const bytes = cluster.snapshot();
      const goOn = async (cluster) => {
        cluster.command("restart C");
        await cluster.send("PutItem", song("Acme", "Later", 3, "Red"));
        cluster.advance(3000);
        const { Items } = await cluster.send("Query", {
          TableName: "Music",
          KeyConditionExpression: "artist = :a",
          ExpressionAttributeValues: { ":a": { S: "Acme" } },
        });
        return [Items.length, cluster.now, cluster.command("digest").split("\n").slice(record ? 0 : 1)];
      };
      const another = await api.Cluster.new({ record });
      another.restore(bytes.buffer);
      another.restore(bytes);
      return [await goOn(cluster), await goOn(another)];
    }, record);
    assert.equal(one[0], 21);
    assert.deepEqual(other.slice(0, 2), one.slice(0, 2));
    if (record) assert.deepEqual(other[2], one[2], "digests of trace and state");
    assert.deepEqual(page.complaints, []);
  });
}

test("requests of one moment contend, those of different moments do not", async () => {
  const page = await blank();
  const seen = await page.evaluate(async () => {
    const cluster = await fresh();
    const key = { artist: { S: "Acme" }, song: { S: "One" } };
    const claim = (who) => [
      "PutItem",
      {
        TableName: "Music",
        Item: { ...key, who: { S: who } },
        ConditionExpression: "attribute_not_exists(artist)",
      },
    ];
    const begin = cluster.now;
    const settled = await Promise.allSettled(["a", "b", "c"].map((who) => cluster.send(...claim(who))));
    const asked = [];
    const end = cluster.subscribe(({ type, at }) => type === "asked" && asked.push(at));
    const all = cluster.sendAll([claim("d"), ["GetItem", { TableName: "Music", Key: key, ConsistentRead: true }], ["PutItem", () => 1], ["ListTables"]]);
    end();
    const table = { ...MUSIC, TableName: "Other" };
    const tables = cluster.sendAll([["CreateTable", table], ["CreateTable", table], ["PutItem", { ...song("x", "y", 1, "z"), TableName: "Other" }]]);
    return {
      passed: cluster.now > begin,
      settled: settled.map(({ status, reason }) => reason?.name ?? status).sort(),
      atOnce: new Set(asked).size,
      all: all.map(({ status, reason, value }) => reason?.name ?? Object.keys(value)[0] ?? status),
      tables: tables.map(({ status, reason }) => reason?.name ?? status),
    };
  });
  assert.ok(seen.passed);
  assert.deepEqual(seen.settled, ["ConditionalCheckFailedException", "ConditionalCheckFailedException", "fulfilled"]);
  assert.equal(seen.atOnce, 1);
  assert.deepEqual(seen.all, ["ConditionalCheckFailedException", "Item", "TypeError", "TableNames"]);
  assert.deepEqual(seen.tables, ["fulfilled", "ResourceInUseException", "fulfilled"]);
  assert.deepEqual(page.complaints, []);
});

test("mistakes are told as what they are, and change nothing", async () => {
  const page = await blank();
  const seen = await page.evaluate(async () => {
    const { Cluster } = api;
    const cluster = await fresh();
    const before = cluster.command("digest");
    const put = (input) => refused(() => cluster.send("PutItem", input));
    const deep = (levels) => (levels === 0 ? { S: "x" } : { L: [deep(levels - 1)] });
    const circle = {};
    circle.M = circle;
    circle.L = [circle, circle];
    const at = { artist: { S: "a" }, song: { S: "b" } };
    const told = {
      missing: await put({}),
      nothing: await put(undefined),
      aText: await put("{}"),
      number: await put({ TableName: "Music", Item: { ...at, n: { N: 5 } } }),
      nan: await put({ TableName: "Music", Item: at, Limit: NaN }),
      aFunction: await put({ TableName: "Music", Item: { ...at, list: { L: [{ S: () => 1 }] } } }),
      aMap: await put({ TableName: "Music", Item: new Map() }),
      aDate: await put({ TableName: "Music", Item: { ...at, d: { S: new Date() } } }),
      bytes: await put({ TableName: "Music", Item: { ...at, d: { S: new Uint8Array(3) } } }),
      base64: await put({ TableName: "Music", Item: { ...at, d: { B: "a" } } }),
      deep: await put({ TableName: "Music", Item: { ...at, d: deep(33) } }),
      deeper: await put({ TableName: "Music", Item: { ...at, d: deep(1000) } }),
      circle: await put({ TableName: "Music", Item: { ...at, d: circle } }),
      elsewhere: await put({ ...song("a", "b", 1, "c"), TableName: "Nowhere" }),
      throws: await put({ get TableName() { throw new Error("mine"); } }),
      operation: await refused(() => cluster.send(5, {})),
      requests: await refused(() => cluster.sendAll("PutItem")),
      line: await refused(() => cluster.command("fly SEA")),
      lines: await refused(() => cluster.command("nodes\ncrash Z")),
      noText: await refused(() => cluster.command()),
      time: await refused(() => cluster.advance(-1)),
      noTime: await refused(() => cluster.advance("5")),
      end: await refused(() => cluster.advance(1e300)),
      listener: await refused(() => cluster.subscribe()),
      snapshot: await refused(() => cluster.restore(new Uint8Array(100))),
      noSnapshot: await refused(() => cluster.restore("bytes")),
      config: await refused(() => Cluster.new({ nodes: 2 })),
      unknown: await refused(() => Cluster.new({ nods: 2 })),
      wrong: await refused(() => Cluster.new({ nodes: "many" })),
      noConfig: await refused(() => Cluster.new(5)),
      constructor: await refused(() => new Cluster({})),
    };
    const changed = cluster.command("digest") !== before;
    await cluster.send("PutItem", { ...song("a", "b", 1, "c", { ["__proto__"]: { S: "x" }, none: undefined, d: deep(32) }) });
    const { Item } = await cluster.send("GetItem", { TableName: "Music", Key: at, ConsistentRead: true });
    cluster.free();
    return {
      told,
      changed,
      names: Object.keys(Item).sort(),
      prototype: Object.getPrototypeOf(Item) === Object.prototype,
      freed: await refused(() => cluster.send("ListTables")),
    };
  });
  const { told } = seen;
  const is = (name, pattern, error) => {
    assert.equal(error.name, name, error.message);
    assert.ok(error.isError);
    assert.match(error.message, pattern);
  };
  is("ValidationException", /'TableName' is required|tableName/, told.missing);
  is("ValidationException", /./, told.nothing);
  is("SerializationException", /^/, told.aText);
  is("SerializationException", /NUMBER_VALUE cannot be converted to String/, told.number);
  is("TypeError", /the input\.Limit: NaN/, told.nan);
  is("TypeError", /the input\.Item\.list\.L\[0\]\.S: a function/, told.aFunction);
  is("TypeError", /the input\.Item: a Map/, told.aMap);
  is("TypeError", /the input\.Item\.d\.S: a Date/, told.aDate);
  is("SerializationException", /structure or map/, told.bytes);
  is("SerializationException", /Base64/, told.base64);
  is("ValidationException", /Nesting Levels/, told.deep);
  is("ValidationException", /Nesting Levels/, told.deeper);
  is("ValidationException", /Nesting Levels/, told.circle);
  is("ResourceNotFoundException", /not found/, told.elsewhere);
  is("Error", /^mine$/, told.throws);
  is("TypeError", /operation is a text/, told.operation);
  is("TypeError", /an array/, told.requests);
  is("RingscopeError", /no command/, told.line);
  assert.equal(told.line.kind, "invalid");
  is("RingscopeError", /^line 2: /, told.lines);
  is("TypeError", /the command is a text/, told.noText);
  is("TypeError", /0 or more/, told.time);
  is("TypeError", /a number of milliseconds/, told.noTime);
  is("RingscopeError", /virtual time ends/, told.end);
  is("TypeError", /takes a function/, told.listener);
  is("RingscopeError", /not a Ringscope snapshot/, told.snapshot);
  assert.equal(told.snapshot.kind, "damaged");
  is("TypeError", /Uint8Array/, told.noSnapshot);
  is("RingscopeError", /lower N/, told.config);
  is("TypeError", /nods/, told.unknown);
  is("TypeError", /many/, told.wrong);
  is("TypeError", /is an object/, told.noConfig);
  is("TypeError", /await Cluster\.new/, told.constructor);
  assert.equal(seen.changed, false);
  assert.deepEqual(seen.names, ["__proto__", "artist", "d", "label", "song", "year"]);
  assert.ok(seen.prototype);
  is("TypeError", /was freed/, seen.freed);
  assert.deepEqual(page.complaints, []);
});

test("listeners may call the cluster, and may throw", async () => {
  const page = await blank();
  const seen = await page.evaluate(async () => {
    const cluster = await fresh();
    const heard = [];
    const uncaught = [];
    addEventListener("error", (event) => {
      uncaught.push(event.error.message);
      event.preventDefault();
    });
    cluster.subscribe(({ type }) => {
      if (type === "crashed") throw new Error("mine");
    });
    cluster.subscribe(({ type, seq }) => {
      heard.push(seq);
      if (type === "crashed") cluster.sendSync("PutItem", song("Acme", "One", 1, "Blue"));
    });
    cluster.command("crash E\nslow A 1ms");
    return { uncaught, inOrder: heard.every((seq, at) => at === 0 || seq === heard[at - 1] + 1), heard: heard.length };
  });
  assert.deepEqual(seen.uncaught, ["mine"]);
  assert.ok(seen.inOrder && seen.heard > 20);
});

test("lines go back in a run that has a record, and importing mounts nothing", async () => {
  const page = await blank();
  const seen = await page.evaluate(async () => {
    const cluster = await fresh();
    await cluster.send("PutItem", song("Acme", "One", 1, "Blue"));
    const key = { TableName: "Music", Key: { artist: { S: "Acme" }, song: { S: "One" } }, ConsistentRead: true };
    const there = await cluster.send("GetItem", key);
    cluster.command("undo\nundo");
    const gone = await cluster.send("GetItem", key);
    const bare = await fresh({ record: false });
    await bare.send("PutItem", song("Acme", "One", 1, "Blue"));
    const nowhere = await refused(() => bare.command("undo"));
    const kept = await bare.send("GetItem", key);
    return { there: "Item" in there, gone: "Item" in gone, nowhere: nowhere.name, kept: "Item" in kept, body: document.body.children.length };
  });
  assert.deepEqual(seen, { there: true, gone: false, nowhere: "RingscopeError", kept: true, body: 0 });
  assert.deepEqual(page.complaints, []);
});

test("a broken invariant says so, and spoils no other cluster", async () => {
  const page = await blank();
  const seen = await page.evaluate(async (module) => {
    const { Engine } = await import(module);
    const [cluster, other] = [await fresh(), await fresh()];
    const { command } = Engine.prototype;
    // No caller of ours writes such bytes.
    Engine.prototype.command = function () {
      return this.send(new Uint8Array([1, 0, 0, 0, 65, 9]));
    };
    const first = await refused(() => cluster.command("nodes"));
    Engine.prototype.command = command;
    return {
      first,
      then: await refused(() => cluster.send("ListTables")),
      other: await other.send("ListTables"),
    };
  }, address("api/engine.js"));
  assert.equal(seen.first.name, "BrokenInvariantError");
  assert.match(seen.first.message, /read\.rs.*a bug/s);
  assert.equal(seen.then.name, "BrokenInvariantError");
  assert.deepEqual(seen.other, { TableNames: ["Music"] });
});
