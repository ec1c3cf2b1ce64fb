/**
 * Salesforce: {@link io.github.keywharf.salesforce.SalesforceManager} asks and writes, over the REST API.
 *
 * <table>
 *   <caption>What is where, by how the names begin</caption>
 *   <tr><th>job</th><th>types</th></tr>
 *   <tr><td>logging in</td><td>{@code SalesforceAuth}, {@code …Auth}, {@code TokenEndpoint}, {@code SalesforceInstance}</td></tr>
 *   <tr><td>calls of the API</td><td>{@code SalesforceCalls}, {@code SalesforceTarget}, {@code SalesforceErrors},
 *   {@code KeptErrors}, {@code SalesforceUsage}, {@code SalesforceLimit}, {@code SalesforceVersion}</td></tr>
 *   <tr><td>what an org has</td><td>{@code SalesforceDescribe}, {@code SalesforceDescription}, {@code SalesforceObjectInfo},
 *   {@code SalesforceField}, {@code SalesforcePicklistValue}</td></tr>
 *   <tr><td>force-rest-api</td><td>{@code ReadingForceApi}</td></tr>
 *   <tr><td>queries</td><td>{@code Soql…} (binding, select list), {@code SalesforceQuery}, {@code Query…} (pages into columns,
 *   counts), {@code FieldTypes}, {@code RecordReader} (maps, children), {@code RecordNames}, {@code SearchCall}</td></tr>
 *   <tr><td>bulk queries, jobs</td><td>{@code SalesforceBulk…}</td></tr>
 *   <tr><td>loads</td><td>{@code SalesforceSink…}, {@code SalesforceCollections}, {@code SalesforceIngest},
 *   {@code SalesforceChunk}</td></tr>
 *   <tr><td>writes of records</td><td>{@code SalesforceObject}, {@code SalesforceResult}, {@code SalesforceRefusal},
 *   {@code SalesforceWriteException}, {@code SalesforceId}, {@code RecordValues}, {@code RecordWrites},
 *   {@code SalesforceComposite…}</td></tr>
 *   <tr><td>changes and copies</td><td>{@code SalesforceChanges}, {@code SalesforceCheckpoint}, {@code SalesforceDrift},
 *   {@code SalesforceCopy…}, {@code SalesforceFolder}, {@code CopyTarget}, {@code Object…}, {@code DeletedIds}</td></tr>
 * </table>
 */
@NullMarked
package io.github.keywharf.salesforce;

import org.jspecify.annotations.NullMarked;
