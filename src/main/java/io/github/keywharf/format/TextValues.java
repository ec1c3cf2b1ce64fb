package io.github.keywharf.format;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RowStep;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How text is read as values: in {@link CsvReader#values} and in {@link #retype}. Unless said otherwise, numbers have a
 * decimal point and no group separator, days and times are as in ISO 8601, booleans are {@code true}, {@code false},
 * {@code t} and {@code f} in any case, bytes are {@code \x} and hexadecimal digits.
 *
 * <p>Immutable and thread-safe; each method returns a copy.
 */
public final class TextValues {

    /** As the class says. */
    public static final TextValues STANDARD = new TextValues(new Settings());

    final @Nullable DateTimeFormatter dates;
    final @Nullable DateTimeFormatter times;
    final @Nullable DateTimeFormatter timestamps;
    final @Nullable ZoneId zone;
    final char decimalPoint;
    final Optional<Character> groupSeparator;
    final Set<String> trueWords;
    final Set<String> falseWords;
    final Set<String> nullWords;
    private final int longestNull;

    /** The same settings, while they are changed. */
    private static final class Settings {
        private @Nullable DateTimeFormatter dates;
        private @Nullable DateTimeFormatter times;
        private @Nullable DateTimeFormatter timestamps;
        private @Nullable ZoneId zone;
        private char decimalPoint = '.';
        private Optional<Character> groupSeparator = Optional.empty();
        private Set<String> trueWords = Set.of();
        private Set<String> falseWords = Set.of();
        private Set<String> nullWords = Set.of();
    }

    private TextValues(Settings settings) {
        dates = settings.dates;
        times = settings.times;
        timestamps = settings.timestamps;
        zone = settings.zone;
        decimalPoint = settings.decimalPoint;
        groupSeparator = settings.groupSeparator;
        trueWords = settings.trueWords;
        falseWords = settings.falseWords;
        nullWords = settings.nullWords;
        longestNull = nullWords.stream().mapToInt(String::length).max().orElse(-1);
    }

    private TextValues with(Consumer<Settings> change) {
        Settings settings = new Settings();
        settings.dates = dates;
        settings.times = times;
        settings.timestamps = timestamps;
        settings.zone = zone;
        settings.decimalPoint = decimalPoint;
        settings.groupSeparator = groupSeparator;
        settings.trueWords = trueWords;
        settings.falseWords = falseWords;
        settings.nullWords = nullWords;
        change.accept(settings);
        return new TextValues(settings);
    }

    /**
     * Days are written like this.
     *
     * @param pattern of {@link DateTimeFormatter}, such as {@code dd/MM/yyyy}; names of months are English
     */
    @CheckReturnValue
    public TextValues withDates(String pattern) {
        DateTimeFormatter written = formatter(pattern);
        return with(settings -> settings.dates = written);
    }

    /** Times of day are written like this, such as {@code HH.mm}. */
    @CheckReturnValue
    public TextValues withTimes(String pattern) {
        DateTimeFormatter written = formatter(pattern);
        return with(settings -> settings.times = written);
    }

    /**
     * Timestamps and instants are written like this, such as {@code dd/MM/yyyy HH:mm}; the pattern of instants has an
     * offset unless there is a zone. A timestamp with an offset is not valid, as it would lose it.
     */
    @CheckReturnValue
    public TextValues withTimestamps(String pattern) {
        DateTimeFormatter written = formatter(pattern);
        return with(settings -> settings.timestamps = written);
    }

    /**
     * Instants that are written without an offset are local times of this zone, those with one are what they say. A time
     * that a zone's clocks skipped is not valid; of one that they showed twice the earlier instant is taken.
     */
    @CheckReturnValue
    public TextValues withZone(ZoneId value) {
        Objects.requireNonNull(value, "zone");
        return with(settings -> settings.zone = value);
    }

    /** Numbers have this decimal point and no group separator. */
    @CheckReturnValue
    public TextValues withDecimalPoint(char point) {
        return numbers(point, Optional.empty());
    }

    /**
     * Numbers have this decimal point, and may have this character between groups of three digits.
     *
     * @throws IllegalArgumentException when the two are the same, or one is a digit, a sign or a letter
     */
    @CheckReturnValue
    public TextValues withDecimalPoint(char point, char group) {
        return numbers(point, Optional.of(group));
    }

    private TextValues numbers(char point, Optional<Character> group) {
        for (char character : new char[] {point, group.orElse(' ')}) {
            if (Character.isLetterOrDigit(character) || character == '-' || character == '+') {
                throw new IllegalArgumentException("'" + character + "' cannot stand between digits");
            }
        }
        if (group.isPresent() && group.get() == point) {
            throw new IllegalArgumentException(
                    "The decimal point and the group separator are both '" + point + "'; they must differ");
        }
        return with(settings -> {
            settings.decimalPoint = point;
            settings.groupSeparator = group;
        });
    }

    /**
     * Booleans are these words, in any case, in the place of the usual ones.
     *
     * @throws IllegalArgumentException when a word is in both
     */
    @CheckReturnValue
    public TextValues withBooleans(Set<String> trueTexts, Set<String> falseTexts) {
        Set<String> yes = lowerCase(trueTexts);
        Set<String> no = lowerCase(falseTexts);
        if (yes.stream().anyMatch(no::contains)) {
            throw new IllegalArgumentException(
                    "The words " + trueTexts + " and " + falseTexts + " have one in common; each can mean one only");
        }
        return with(settings -> {
            settings.trueWords = yes;
            settings.falseWords = no;
        });
    }

    /** These texts stand for an absent value, in columns of any type, quoted or not. */
    @CheckReturnValue
    public TextValues withNulls(Set<String> texts) {
        Set<String> words = Set.copyOf(texts);
        return with(settings -> settings.nullWords = words);
    }

    /**
     * A step that turns a column into another type. Text becomes what it says in these formats; numbers become numbers that
     * hold them exactly, and floating ones the decimals that they are printed as; anything becomes text. A row whose value
     * does not fit is rejected.
     *
     * @throws IllegalArgumentException when the step is opened for a column of bytes, lists, maps or structs
     */
    public RowStep retype(String column, ColumnType type) {
        return schema -> RetypedColumn.open(schema, column, type, this);
    }

    /** Whether the text stands for an absent value. */
    boolean isNull(char[] text, int offset, int length) {
        return length <= longestNull && isNull(new String(text, offset, length));
    }

    /** Whether the text stands for an absent value. */
    boolean isNull(String text) {
        return nullWords.contains(text);
    }

    /** A parser that appends to a builder. */
    FieldParser parser(ColumnVector.Builder builder) {
        return FormattedText.parser(this, builder);
    }

    private static Set<String> lowerCase(Set<String> words) {
        return words.stream().map(word -> word.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    private static DateTimeFormatter formatter(String pattern) {
        StringBuilder letters = new StringBuilder(pattern);
        boolean quoted = false;
        boolean era = false;
        for (int i = 0; i < letters.length(); i++) {
            quoted ^= letters.charAt(i) == '\'';
            era |= !quoted && letters.charAt(i) == 'G';
        }
        for (int i = 0; i < letters.length() && !era; i++) {
            quoted ^= letters.charAt(i) == '\'';
            if (!quoted && letters.charAt(i) == 'y') {
                // The year of the calendar, which needs no era.
                letters.setCharAt(i, 'u');
            }
        }
        return DateTimeFormatter.ofPattern(letters.toString(), Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
    }

    @Override
    public String toString() {
        return "TextValues[dates " + (dates == null ? "ISO" : dates) + ", times " + (times == null ? "ISO" : times)
                + ", timestamps " + (timestamps == null ? "ISO" : timestamps) + ", zone "
                + (zone == null ? "none" : zone) + ", decimal point '" + decimalPoint + "', absent " + nullWords + "]";
    }
}
