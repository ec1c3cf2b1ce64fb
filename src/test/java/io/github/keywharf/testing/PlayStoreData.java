package io.github.keywharf.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * Made-up apps with the shape of a well-known data set about Google Play: 13 columns, ratings that are {@code nan}, quotes,
 * commas and characters of other languages in names, paid apps, sizes that vary with the device. In each {@value #ROWS} rows
 * the shares are those of the original. A row depends on the seed and its number alone.
 */
public final class PlayStoreData {

    /** Rows of the original. */
    public static final int ROWS = 10_840;

    /** Rows among {@value #ROWS} whose rating is {@code nan}. */
    public static final int WITHOUT_RATING = 1_474;

    /** Paid apps among {@value #ROWS}. */
    public static final int PAID = 801;

    /** Rows among {@value #ROWS} whose size varies with the device. */
    public static final int VARYING = 1_695;

    /** The columns by name, in order. */
    public static final List<String> NAMES = List.of(
            "name",
            "category",
            "rating",
            "reviews",
            "size",
            "installs",
            "free",
            "price_dollar",
            "content_rating",
            "genres",
            "last_update",
            "current_ver",
            "android_ver");

    /** The columns as the original's header calls them: {@code a} to {@code m}. */
    public static final List<String> LETTERS = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m");

    private static final List<ColumnType> TYPES = List.of(
            ColumnType.STRING,
            ColumnType.STRING,
            ColumnType.FLOAT32,
            ColumnType.INT32,
            ColumnType.STRING,
            ColumnType.STRING,
            ColumnType.BOOLEAN,
            ColumnType.FLOAT32,
            ColumnType.STRING,
            ColumnType.STRING,
            ColumnType.DATE,
            ColumnType.STRING,
            ColumnType.STRING);

    private static final int FILE_ROWS = 1_000;
    private static final int FIRST_FILE_ROWS = 999;
    private static final int WITH_COMMA = 568;
    private static final int NOT_ASCII = 596;
    private static final int WITH_QUOTES = 7;
    private static final int AGAIN = 1_181;
    private static final int MAX_REVIEWS = 78_158_306;
    private static final LocalDate FIRST_DAY = LocalDate.of(2010, 5, 21);
    private static final LocalDate LAST_DAY = LocalDate.of(2018, 8, 8);
    private static final String LONGEST =
            "The name of an app whose maker believes that a name is the right place for all that can be said about it, ";

    private static final List<String> CATEGORIES = List.of(
            "ART_AND_DESIGN AUTO_AND_VEHICLES BEAUTY BOOKS_AND_REFERENCE BUSINESS COMICS COMMUNICATION DATING EDUCATION"
                    .concat(" ENTERTAINMENT EVENTS FINANCE FOOD_AND_DRINK HEALTH_AND_FITNESS HOUSE_AND_HOME")
                    .concat(" LIBRARIES_AND_DEMO LIFESTYLE GAME FAMILY MEDICAL SOCIAL SHOPPING PHOTOGRAPHY SPORTS")
                    .concat(" TRAVEL_AND_LOCAL TOOLS PERSONALIZATION PRODUCTIVITY PARENTING WEATHER VIDEO_PLAYERS")
                    .concat(" NEWS_AND_MAGAZINES MAPS_AND_NAVIGATION")
                    .split(" "));
    private static final List<String> INSTALLS = List.of(
            "0+",
            "10+",
            "100+",
            "500+",
            "1,000+",
            "5,000+",
            "10,000+",
            "50,000+",
            "100,000+",
            "1,000,000+",
            "10,000,000+",
            "1,000,000,000+");
    private static final List<String> AUDIENCES =
            List.of("Everyone", "Teen", "Everyone 10+", "Mature 17+", "Adults only 18+", "Unrated");
    private static final List<String> PRICES =
            List.of("0.99", "1.49", "2.99", "4.99", "9.99", "29.99", "399.99", "400.0");
    private static final List<String> FIRST =
            List.of("Photo", "Star", "Quick", "Deep", "Green", "Pocket", "Night", "Magic");
    private static final List<String> SECOND =
            List.of("Editor", "Runner", "Notes", "Radio", "Chess", "Weather", "Bank", "Maps");
    private static final List<String> FOREIGN =
            List.of("Größe", "写真", "Пазл", "Café", "한국어", "خرائط", "Emoji 😀", "Łódź");

    private final long seed;

    private PlayStoreData(long seed) {
        this.seed = seed;
    }

    /** The data of a seed. */
    public static PlayStoreData of(long seed) {
        return new PlayStoreData(seed);
    }

    /**
     * The columns with their types, all nullable.
     *
     * @param header their names, {@link #NAMES} or {@link #LETTERS}
     */
    public static Schema schema(List<String> header) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < TYPES.size(); i++) {
            columns.add(Column.nullable(header.get(i), TYPES.get(i)));
        }
        return Schema.of(columns);
    }

    /** Writes {@value #ROWS} rows as 11 files {@code apps-1.csv} and so on, each with the header. */
    public List<Path> writeFiles(Path directory, List<String> header) {
        List<Path> files = new ArrayList<>();
        for (long from = 0; from < ROWS; ) {
            long rows = Math.min(from == 0 ? FIRST_FILE_ROWS : FILE_ROWS, ROWS - from);
            files.add(writeFile(directory.resolve("apps-" + (files.size() + 1) + ".csv"), header, from, rows));
            from += rows;
        }
        return files;
    }

    /** Writes rows from a number on, counted from 0, to a CSV file. */
    public Path writeFile(Path file, List<String> header, long from, long rows) {
        return write(file, String.join(",", header) + "\n", from, rows, this::csv);
    }

    /** Writes rows from a number on, counted from 0, to a file of JSON lines. */
    public Path writeJsonLines(Path file, List<String> header, long from, long rows) {
        return write(file, "", from, rows, number -> json(header, number));
    }

    private static Path write(Path file, String first, long from, long rows, LongFunction<String> line) {
        try (BufferedWriter out = Files.newBufferedWriter(file, UTF_8)) {
            out.write(first);
            for (long number = from; number < from + rows; number++) {
                out.write(line.apply(number));
                out.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private String csv(long number) {
        StringBuilder line = new StringBuilder();
        for (String value : row(number)) {
            line.append(line.isEmpty() ? "" : ",");
            boolean quoted = value.indexOf(',') >= 0 || value.indexOf('"') >= 0;
            line.append(quoted ? '"' + value.replace("\"", "\"\"") + '"' : value);
        }
        return line.toString();
    }

    private String json(List<String> header, long number) {
        StringBuilder line = new StringBuilder("{");
        List<String> row = row(number);
        for (int i = 0; i < row.size(); i++) {
            boolean bare = List.of(ColumnType.INT32, ColumnType.BOOLEAN).contains(TYPES.get(i));
            String text = row.get(i).replace("\\", "\\\\").replace("\"", "\\\"");
            line.append(i == 0 ? "" : ",").append('"').append(header.get(i)).append("\":");
            line.append(bare ? text.toLowerCase(Locale.ROOT) : '"' + text + '"');
        }
        return line.append('}').toString();
    }

    /** The values of a row, as text, without quotes around them. */
    public List<String> row(long number) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
        boolean paid = isAmong(number, PAID, 7);
        String category = CATEGORIES.get(random.nextInt(CATEGORIES.size()));
        String rating = isAmong(number, WITHOUT_RATING, 11)
                ? "nan"
                : String.format(Locale.ROOT, "%.1f", 1 + random.nextInt(41) / 10.0);
        long reviews = (long) Math.pow(MAX_REVIEWS, random.nextDouble());
        String size = isAmong(number, VARYING, 17)
                ? "Varies with device"
                : random.nextInt(10) == 0 ? 100 + random.nextInt(900) + "k" : 1 + random.nextInt(99) + "M";
        LocalDate updated = FIRST_DAY.plusDays(random.nextLong(ChronoUnit.DAYS.between(FIRST_DAY, LAST_DAY) + 1));
        return List.of(
                name(isAmong(number, AGAIN, 23) && number > 0 ? number - 1 : number),
                category,
                rating,
                String.valueOf(number % ROWS == 1 ? MAX_REVIEWS : reviews - 1),
                size,
                INSTALLS.get(random.nextInt(INSTALLS.size())),
                paid ? "False" : "True",
                paid ? PRICES.get(random.nextInt(PRICES.size())) : "0.0",
                AUDIENCES.get(random.nextInt(AUDIENCES.size())),
                category.charAt(0)
                        + category.substring(1).toLowerCase(Locale.ROOT).replace("_and_", " & "),
                updated.toString(),
                random.nextInt(9) + "." + random.nextInt(20) + "." + random.nextInt(9),
                (random.nextInt(4) + 2) + ".0 and up");
    }

    private String name(long number) {
        SplittableRandom random = new SplittableRandom(seed + number * 0x9E3779B97F4A7C15L);
        String plain = FIRST.get(random.nextInt(FIRST.size())) + " " + SECOND.get(random.nextInt(SECOND.size())) + " "
                + number;
        if (number % ROWS == ROWS / 2) {
            return (LONGEST + "and more, ".repeat(9)).substring(0, 194 - plain.length()) + plain;
        }
        if (isAmong(number, WITH_QUOTES, 29)) {
            return "The \"best\" " + plain;
        }
        if (isAmong(number, NOT_ASCII, 31)) {
            return FOREIGN.get(random.nextInt(FOREIGN.size())) + " " + plain;
        }
        return isAmong(number, WITH_COMMA, 37) ? plain.replaceFirst(" ", ", ") : plain;
    }

    /** Whether a row is among so many of each {@value #ROWS}: an odd step that shares no factor with it meets each once. */
    private static boolean isAmong(long number, int count, int step) {
        return Math.floorMod(number * (step * 1_009L), ROWS) < count;
    }
}
