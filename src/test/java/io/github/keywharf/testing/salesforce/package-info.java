/**
 * A fake of Salesforce's REST and Bulk 2.0 API that keeps state: {@link io.github.keywharf.testing.salesforce.FakeSalesforce}
 * answers in process, {@link io.github.keywharf.testing.salesforce.FakeSalesforceServer} over a port. What it does not prove is
 * in docs/reference/fake-salesforce.md.
 */
@NullMarked
package io.github.keywharf.testing.salesforce;

import org.jspecify.annotations.NullMarked;
