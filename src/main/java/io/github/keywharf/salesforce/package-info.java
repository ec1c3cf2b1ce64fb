/**
 * Salesforce: asks and writes over its REST API.
 *
 * <table>
 *   <caption>What is where, by how the names begin</caption>
 *   <tr><th>job</th><th>types</th></tr>
 *   <tr><td>logging in</td><td>{@code SalesforceAuth}, {@code …Auth}, {@code SalesforceSession}, {@code SalesforceInstance},
 *   {@code PemKey}, {@code Token…}</td></tr>
 *   <tr><td>calls of the REST API</td><td>{@code SalesforceCalls}, {@code SalesforceTarget}, {@code SalesforceErrors},
 *   {@code SalesforceFilters}, {@code SalesforceUsage}, {@code SalesforceLimit}, {@code SalesforceVersion}</td></tr>
 *   <tr><td>what an org has</td><td>{@code SalesforceDescribe…}, {@code SalesforceObjectInfo}, {@code SalesforceField}</td></tr>
 * </table>
 */
@NullMarked
package io.github.keywharf.salesforce;

import org.jspecify.annotations.NullMarked;
