package io.github.keywharf.pipeline.zone;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the files of a batch lie in a zone: gives the key of each.
 *
 * <p>A layout need not make keys unique: where one is taken, the pipeline adds {@code -2}, {@code -3} and so on before
 * the extension, and never writes over a file.
 */
@FunctionalInterface
public interface KeyLayout {

    /**
     * What a key is made from.
     *
     * @param table the table, source or star
     * @param time the end of the batch's window: the source's clock when the snapshot was taken, UTC
     * @param first whether this is the first batch of all
     * @param extension what the key ends with, without the dot
     */
    record File(String table, LocalDateTime time, boolean first, String extension) {}

    /** The key of a file; see {@link io.github.keywharf.store.ObjectKeys} for what a key may be. */
    String key(File file);

    /** {@code table/yyyy/mm/dd/hhmmssmmmmmm.parquet}: a folder for each table, by day, to the microsecond. */
    KeyLayout TABLE_BY_DAY = file -> FileKeys.tableByDay(file.table(), file.time(), file.extension());

    /**
     * {@code ingested_data/original_data_dump/table.csv} for the first batch, {@code ingested_data/<run>/table.csv}
     * after it, where the run is its time as {@code 20240520T121003998000Z}.
     */
    KeyLayout FOLDER_PER_RUN = file -> "ingested_data/"
            + (file.first() ? "original_data_dump" : FileKeys.compact(file.time()))
            + "/" + FileKeys.segment(file.table()) + "." + file.extension();

    /** {@code <run>/table.parquet}, where the run is its time as {@code 20240520T121003998000Z}. */
    KeyLayout RUN_THEN_TABLE =
            file -> FileKeys.compact(file.time()) + "/" + FileKeys.segment(file.table()) + "." + file.extension();

    /** The makers of key parts that the layouts share, for layouts of one's own. */
    final class FileKeys {

        private static final DateTimeFormatter BY_DAY =
                DateTimeFormatter.ofPattern("yyyy/MM/dd/HHmmssSSSSSS", Locale.ROOT);
        private static final DateTimeFormatter COMPACT =
                DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSSSSS'Z'", Locale.ROOT);

        private FileKeys() {}

        /**
         * The key of a table's file of some moment.
         *
         * @param table a table's name
         * @param time the end of its window
         * @param extension without the dot
         * @return such as {@code sales_order/2024/05/20/121003998000.parquet}
         */
        public static String tableByDay(String table, LocalDateTime time, String extension) {
            return segment(table) + "/" + BY_DAY.format(time) + "." + extension;
        }

        /** A table's name as one segment of a key: what is not a letter, digit or underscore of ASCII becomes {@code -}. */
        public static String segment(String table) {
            return table.replaceAll("[^A-Za-z0-9_-]", "-");
        }

        /** A moment as one segment of a key, without blanks or colons: {@code 20240520T121003998000Z}. */
        public static String compact(LocalDateTime time) {
            return COMPACT.format(time);
        }

        /** The moment that a key of {@link #tableByDay} holds; empty for any other key. */
        public static Optional<LocalDateTime> time(String key) {
            String[] parts = key.split("/");
            if (parts.length < 5) {
                return Optional.empty();
            }
            int n = parts.length;
            String file = parts[n - 1];
            String digits = file.length() < 12 ? "" : file.substring(0, 12);
            String text = parts[n - 4] + "/" + parts[n - 3] + "/" + parts[n - 2] + "/" + digits;
            try {
                return Optional.of(LocalDateTime.parse(text, BY_DAY));
            } catch (java.time.format.DateTimeParseException e) {
                return Optional.empty();
            }
        }
    }
}
