package io.github.keywharf.dictionary;

/**
 * What makes a table a materialised view.
 *
 * @param baseTable the table of the same keyspace that it follows
 * @param where which rows it has, in CQL
 * @param allColumns whether it has all columns of the base table, those of later days included
 */
public record DictionaryView(String baseTable, String where, boolean allColumns) {

    @Override
    public String toString() {
        return Texts.line("view of " + baseTable + " where " + where);
    }
}
