package io.github.keywharf.format;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.VectorBuilder;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
    public static final TextValues STANDARD =
            new TextValues(null, null, null, null, '.', Optional.empty(), Set.of(), Set.of(), Set.of());

    final @Nullable DateTimeFormatter dates;
    final @Nullable DateTimeFormatter times;
    final @Nullable DateTimeFormatter timestamps;
    final @Nullable ZoneId zone;
    final char decimalPoint;
    final Optional<Character> groupSeparator;
    final Set<String> trueWords;
    final Set<String> falseWords;
    final Set<String> nullWords;

    private TextValues(
            @Nullable DateTimeFormatter dates,
            @Nullable DateTimeFormatter times,
            @Nullable DateTimeFormatter timestamps,
            @Nullable ZoneId zone,
            char decimalPoint,
            Optional<Character> groupSeparator,
            Set<String> trueWords,
            Set<String> falseWords,
            Set<String> nullWords) {
        this.dates = dates;
        this.times = times;
        this.timestamps = timestamps;
        this.zone = zone;
        this.decimalPoint = decimalPoint;
        this.groupSeparator = groupSeparator;
        this.trueWords = trueWords;
        this.falseWords = falseWords;
        this.nullWords = nullWords;
    }

    /**
     * Days are written like this.
     *
     * @param pattern of {@link DateTimeFormatter}, such as {@code dd/MM/yyyy}; names of months are English
     */
    public TextValues withDates(String pattern) {
        return new TextValues(
                formatter(pattern),
                times,
                timestamps,
                zone,
                decimalPoint,
                groupSeparator,
                trueWords,
                falseWords,
                nullWords);
    }

    /** Times of day are written like this, such as {@code HH.mm}. */
    public TextValues withTimes(String pattern) {
        return new TextValues(
                dates,
                formatter(pattern),
                timestamps,
                zone,
                decimalPoint,
                groupSeparator,
                trueWords,
                falseWords,
                nullWords);
    }

    /**
     * Timestamps and instants are written like this, such as {@code dd/MM/yyyy HH:mm}, and instants with an offset (
     * {@code XXX}) unless there is a zone. A timestamp with an offset is not valid, as it would lose it.
     */
    public TextValues withTimestamps(String pattern) {
        return new TextValues(
                dates, times, formatter(pattern), zone, decimalPoint, groupSeparator, trueWords, falseWords, nullWords);
    }

    /**
     * Instants that are written without an offset are local times of this zone, those with one are what they say. A time that a zone's clocks skipped is
     * not valid; of one that they showed twice the earlier instant is taken.
     */
    public TextValues withZone(ZoneId value) {
        return new TextValues(
                dates,
                times,
                timestamps,
                Objects.requireNonNull(value, "zone"),
                decimalPoint,
                groupSeparator,
                trueWords,
                falseWords,
                nullWords);
    }

    /** Numbers have this decimal point and no group separator. */
    public TextValues withDecimalPoint(char point) {
        return numbers(point, Optional.empty());
    }

    /**
     * Numbers have this decimal point, and may have this character between groups of three digits.
     *
     * @throws IllegalArgumentException when the two are the same, or one is a digit, a sign or a letter
     */
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
        return new TextValues(dates, times, timestamps, zone, point, group, trueWords, falseWords, nullWords);
    }

    /**
     * Booleans are these words, in any case, in the place of the usual ones.
     *
     * @throws IllegalArgumentException when a word is in both
     */
    public TextValues withBooleans(Set<String> trueTexts, Set<String> falseTexts) {
        Set<String> yes = lowerCase(trueTexts);
        Set<String> no = lowerCase(falseTexts);
        if (yes.stream().anyMatch(no::contains)) {
            throw new IllegalArgumentException(
                    "The words " + trueTexts + " and " + falseTexts + " have one in common; each can mean one only");
        }
        return new TextValues(dates, times, timestamps, zone, decimalPoint, groupSeparator, yes, no, nullWords);
    }

    /** These texts stand for an absent value, in columns of any type, quoted or not. */
    public TextValues withNulls(Set<String> texts) {
        return new TextValues(
                dates, times, timestamps, zone, decimalPoint, groupSeparator, trueWords, falseWords, Set.copyOf(texts));
    }

    /**
     * A step that turns a column into another type. Text becomes what it says in these formats; numbers become numbers that
     * hold them exactly, and floating ones the decimals that they are printed as; anything becomes text. A row whose value does not fit is rejected.
     *
     * @throws IllegalArgumentException when the step is opened for a column of bytes, lists, maps or structs
     */
    public RowStep retype(String column, ColumnType type) {
        return schema -> new RetypePass(schema, column, type, this);
    }

    /** Whether the text stands for an absent value. */
    boolean isNull(char[] text, int offset, int length) {
        return !nullWords.isEmpty() && nullWords.contains(new String(text, offset, length));
    }

    /** Whether the text stands for an absent value. */
    boolean isNull(String text) {
        return nullWords.contains(text);
    }

    /** A parser that appends to a builder. */
    FieldParser parser(VectorBuilder builder) {
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
