/** What a platform shares with its tenants: tables, credentials to read them, and how they are used. */
@NullMarked
package io.github.keywharf.sharing;

import org.jspecify.annotations.NullMarked;
