package io.github.keywharf.dictionary;

/**
 * Definition of a materialised view.
 *
 * @param baseTable name of the base table, in the same keyspace
 * @param where condition for the rows, in CQL
 * @param allColumns true if it has all columns of the base table, including those that are added later
 */
public record DictionaryView(String baseTable, String where, boolean allColumns) {

    @Override
    public String toString() {
        return Texts.line("view of " + baseTable + " where " + where);
    }
}
