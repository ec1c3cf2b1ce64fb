/**
 * A realistic Totesys source database: a seeded generator of its schema, history and further life, the awkward cases the
 * schema allows, concurrent writers, and an oracle in SQL that compares a warehouse with its source.
 */
@NullMarked
package io.github.keywharf.testing.totesys;

import org.jspecify.annotations.NullMarked;
