/** Queries of Salesforce beside force-rest-api, against pages that are served on the loopback address. */
@NullMarked
package io.github.keywharf.bench.salesforce;

import org.jspecify.annotations.NullMarked;
