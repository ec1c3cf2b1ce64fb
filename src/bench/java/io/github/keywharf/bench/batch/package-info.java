/** How fast clients' files are uploaded and ingested, beside what their owners would use instead. */
@NullMarked
package io.github.keywharf.bench.batch;

import org.jspecify.annotations.NullMarked;
