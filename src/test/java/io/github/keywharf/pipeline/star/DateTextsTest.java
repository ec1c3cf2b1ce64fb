package io.github.keywharf.pipeline.star;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DateTextsTest {

    @Property
    void every_day_is_read_as_the_jdk_reads_it(@ForAll @IntRange(min = -719_162, max = 2_932_896) int epochDay) {
        assertThat(read(LocalDate.ofEpochDay(epochDay).toString())).isEqualTo(epochDay);
    }

    @Property
    void what_the_jdk_refuses_is_refused(
            @ForAll @IntRange(min = 0, max = 9999) int year,
            @ForAll @IntRange(max = 20) int month,
            @ForAll @IntRange(max = 40) int day) {
        String text = String.format("%04d-%02d-%02d", year, month, day);
        assertThat(read(text)).isEqualTo(byTheJdk(text));
    }

    @Property
    void other_texts_are_not_days(@ForAll @StringLength(max = 12) String text) {
        assertThat(read(text)).isEqualTo(byTheJdk(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2024-5-1",
                "2024/05/01",
                "20240501",
                "2024-05- 01",
                "\u00a02024-05-01",
                "2024-02-30",
                "0000-01-01",
                "2024-05-01T00:00",
                "-024-05-01",
                "２０２４-05-01"
            })
    void near_misses_are_refused(String text) {
        assertThat(read(text)).isEqualTo(DateTexts.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-05-01 ", " 2024-05-01", "  2024-05-01   "})
    void blanks_around_a_day_are_left_out(String text) {
        assertThat(read(text)).isEqualTo((int) LocalDate.of(2024, 5, 1).toEpochDay());
    }

    private static int read(String text) {
        BytesVector.Builder builder = (BytesVector.Builder) ColumnVector.builder(ColumnType.STRING, 3);
        builder.append("before");
        builder.append(text);
        return DateTexts.epochDay((BytesVector) builder.build(), 1);
    }

    private static int byTheJdk(String text) {
        try {
            LocalDate day = LocalDate.parse(
                    text, DateTimeFormatter.ofPattern("uuuu-MM-dd").withResolverStyle(ResolverStyle.STRICT));
            return day.getYear() < 1 ? DateTexts.INVALID : (int) day.toEpochDay();
        } catch (DateTimeParseException e) {
            return DateTexts.INVALID;
        }
    }
}
