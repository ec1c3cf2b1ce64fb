// Runs jsforce against the fake of Salesforce whose address and logins are in the environment. JsforceCheck starts it.
'use strict';

const assert = require('node:assert/strict');
const { Connection } = require('jsforce');

const { FAKE_URL, FAKE_CLIENT_ID, FAKE_CLIENT_SECRET, FAKE_USERNAME, FAKE_PASSWORD, FAKE_REFRESH_TOKEN } = process.env;
const CONTACTS = Number(process.env.FAKE_CONTACTS);

const settings = {
  loginUrl: FAKE_URL,
  instanceUrl: FAKE_URL,
  version: '66.0',
  oauth2: { loginUrl: FAKE_URL, clientId: FAKE_CLIENT_ID, clientSecret: FAKE_CLIENT_SECRET },
};

const checks = {
  'a wrong password is refused': async () => {
    await assert.rejects(new Connection(settings).login(FAKE_USERNAME, 'wrong'), { name: 'invalid_grant' });
  },

  'all pages of a query arrive, and the session expires between two of them': async (conn) => {
    const result = await conn
      .query('SELECT Id, LastName FROM Contact ORDER BY Score__c')
      .run({ autoFetch: true, maxFetch: CONTACTS * 2 });
    const records = Array.isArray(result) ? result : result.records;
    assert.equal(new Set(records.map((record) => record.Id)).size, CONTACTS);
    assert.equal(records.at(-1).LastName, `Name ${CONTACTS}`);
  },

  'client credentials give a session': async () => {
    const conn = new Connection(settings);
    await conn.authorize({ grant_type: 'client_credentials' });
    assert.equal((await conn.query('SELECT COUNT() FROM Contact')).totalSize, CONTACTS);
  },

  'a refresh token replaces a session that is not valid': async () => {
    const conn = new Connection({ ...settings, accessToken: '00D!expired', refreshToken: FAKE_REFRESH_TOKEN });
    assert.equal((await conn.query('SELECT Id FROM Contact LIMIT 1')).totalSize, 1);
  },

  'a malformed query and an unknown field have their codes': async (conn) => {
    await assert.rejects(conn.query("SELECT Id FROM Contact WHERE Name = 'a\\q'"), { errorCode: 'MALFORMED_QUERY' });
    await assert.rejects(conn.query('SELECT Nothing FROM Contact'), { errorCode: 'INVALID_FIELD' });
  },

  'the usage of the API is read from the header': async (conn) => {
    await conn.limits();
    assert.equal(conn.limitInfo.apiUsage.limit, 15000);
    assert.ok(conn.limitInfo.apiUsage.used > 0);
  },

  'an object is described, and its records are changed': async (conn) => {
    const described = await conn.sobject('Account').describe();
    assert.ok(described.fields.some((field) => field.name === 'Ext__c' && field.externalId));
    const created = await conn.sobject('Account').create({ Name: 'Acme', Ext__c: 'acme' });
    assert.ok(created.success);
    await conn.sobject('Account').update({ Id: created.id, Industry: 'Banking' });
    const upserted = await conn.sobject('Account').upsert({ Ext__c: 'acme', Name: 'Acme 2' }, 'Ext__c');
    assert.equal(upserted.id, created.id);
    assert.equal((await conn.sobject('Account').retrieve(created.id)).Industry, 'Banking');
    const several = await conn.sobject('Account').create([{ Name: 'A' }, {}], { allOrNone: false });
    assert.deepEqual(several.map((each) => each.success), [true, false]);
    assert.equal(several[1].errors[0].statusCode, 'REQUIRED_FIELD_MISSING');
    await conn.sobject('Account').destroy([created.id, several[0].id]);
  },

  'children come with their parent': async (conn) => {
    const created = await conn.sobject('Account').create({ Name: 'Parent' });
    await conn.sobject('Contact').create({ LastName: 'Child', AccountId: created.id, Ext__c: 'child' });
    const [account] = (await conn.query('SELECT Name, (SELECT Id, LastName FROM Contacts) FROM Account')).records;
    assert.equal(account.Contacts.records[0].LastName, 'Child');
    await conn.sobject('Contact').destroy(account.Contacts.records[0].Id);
  },

  'a search finds a record': async (conn) => {
    const found = await conn.search('FIND {Parent} RETURNING Account(Id, Name)');
    assert.equal(found.searchRecords[0].Name, 'Parent');
  },

  'a bulk query has all rows': async (conn) => {
    const records = await (await conn.bulk2.query('SELECT Id, LastName FROM Contact')).toArray();
    assert.equal(records.length, CONTACTS);
    assert.ok(records.every((record) => record.Id.startsWith('003')));
  },

  'a bulk ingest reports each row': async (conn) => {
    const { successfulResults, failedResults, unprocessedRecords } = await conn.bulk2.loadAndWaitForResults({
      object: 'Contact',
      operation: 'insert',
      input: [{ LastName: 'Bulk, "1"', Ext__c: 'b1' }, { LastName: '', Ext__c: 'b2' }],
    });
    assert.equal(successfulResults.length, 1);
    assert.equal(successfulResults[0].LastName, 'Bulk, "1"');
    assert.match(failedResults[0].sf__Error, /REQUIRED_FIELD_MISSING/);
    assert.equal(unprocessedRecords.length, 0);
  },
};

async function main() {
  const conn = new Connection(settings);
  await conn.login(FAKE_USERNAME, FAKE_PASSWORD);
  conn.bulk2.pollInterval = 20;
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check(conn);
      console.log(`passed: ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED: ${name}`);
      console.log(error);
    }
  }
  process.exit(failed === 0 ? 0 : 1);
}

main();
