package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.codec.registry.CodecRegistry;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Text that is read straight from its bytes is read as the slow, whole reading of text does, or refused as by it. */
class BulkPlainTextTest {
    private static final List<DataType> TYPES = List.of(
            DataTypes.INT,
            DataTypes.BIGINT,
            DataTypes.DECIMAL,
            DataTypes.DOUBLE,
            DataTypes.BOOLEAN,
            DataTypes.UUID,
            DataTypes.DATE,
            DataTypes.TIMESTAMP);

    private static final List<String> SEEDS = List.of(
            "0",
            "-0",
            "-0.0",
            "00012",
            "123456789012345",
            "2147483647",
            "-2147483648",
            "2147483648",
            "9223372036854775807",
            "-9223372036854775808",
            "999999999999999999.9",
            "12.50",
            "0.1",
            "123456.789012345",
            "1e5",
            "+7",
            ".5",
            "5.",
            "1.2.3",
            "NaN",
            "true",
            "false",
            "TRUE",
            "t",
            "123e4567-e89b-12d3-a456-426614174000",
            "123E4567-E89B-12D3-A456-42661417400F",
            "2024-02-29",
            "2023-02-29",
            "2024-13-01",
            "2024-04-31",
            "0000-01-01",
            "1969-12-31",
            "2024-05-20T12:10:03.998Z",
            "2024-05-20 12:10:03",
            "2024-05-20T23:59:59.9Z",
            "2024-05-20T24:00:00Z",
            "2024-05-20T12:10:60Z",
            "2024-05-20T12:10:03.9981Z",
            "2024-05-20T12:10:03.Z",
            "2024-05-20T12:10",
            "2024-05-20T12:10:03+02:00",
            "1901-01-01T00:00:00Z",
            "",
            " ",
            "é");

    private static final String CHARACTERS = "0123456789.-+:TZ eEabcdef";

    private static final CqlScalars SCALARS = new CqlScalars(false);
    private static final CqlValues VALUES = CqlValues.ofRows(SCALARS, CodecRegistry.DEFAULT);
    private static final BulkEncoders ENCODERS = new BulkEncoders(SCALARS, VALUES);

    @Test
    void each_form_is_read_as_by_the_whole_reading() {
        TYPES.forEach(type -> SEEDS.forEach(text -> same(type, text)));
    }

    @Property(tries = 3_000)
    void a_form_with_some_characters_changed_is_too(
            @ForAll("seeds") String seed, @ForAll("types") DataType type, @ForAll Random random) {
        StringBuilder text = new StringBuilder(seed);
        for (int changes = random.nextInt(3); changes >= 0 && !text.isEmpty(); changes--) {
            char character = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.setCharAt(at, character);
                case 1 -> text.insert(at, character);
                default -> text.deleteCharAt(at);
            }
        }
        same(type, text.toString());
    }

    @Property(tries = 1_000)
    void numbers_are_read_to_the_last_bit(@ForAll double number, @ForAll long whole, @ForAll int small) {
        same(DataTypes.DOUBLE, Double.toString(number));
        same(DataTypes.DOUBLE, small + "." + Math.abs(whole % 1_000_000));
        same(DataTypes.DECIMAL, small + "." + Math.abs(whole % 1_000_000));
        same(DataTypes.BIGINT, Long.toString(whole));
        same(DataTypes.INT, Integer.toString(small));
    }

    @Provide
    Arbitrary<String> seeds() {
        return Arbitraries.of(SEEDS);
    }

    @Provide
    Arbitrary<DataType> types() {
        return Arbitraries.of(TYPES);
    }

    private static void same(DataType type, String text) {
        ColumnVector.Builder builder = ColumnVector.builder(ColumnType.STRING, 2);
        builder.appendValue("before it");
        builder.appendValue(text);
        ColumnVector vector = builder.build();
        BulkEncoder fast = ENCODERS.find(ColumnType.STRING, type);
        assertThat(outcome(() -> fast.encode(vector, 1)))
                .as("'" + text + "' as " + type)
                .isEqualTo(outcome(() -> VALUES.encode(type, text)));
    }

    private interface Encoding {
        ByteBuffer bytes() throws Unfit;
    }

    private static String outcome(Encoding encoding) {
        try {
            ByteBuffer bytes = encoding.bytes();
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return HexFormat.of().formatHex(copy);
        } catch (Unfit e) {
            return e.getMessage();
        }
    }
}
