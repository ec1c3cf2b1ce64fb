/** SQL over rows and files that need no database: what an engine takes, and what it gives. */
@NullMarked
package io.github.keywharf.query;

import org.jspecify.annotations.NullMarked;
