/** PostgreSQL read, and tables copied, beside psql. */
@NullMarked
package io.github.keywharf.bench.postgres;

import org.jspecify.annotations.NullMarked;
