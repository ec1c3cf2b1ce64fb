/** Places that hand out shares of tables: what is shared, with whom, and the profile a recipient logs in with. */
@NullMarked
package io.github.keywharf.catalog;

import org.jspecify.annotations.NullMarked;
