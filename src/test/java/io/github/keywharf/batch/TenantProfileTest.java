package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.format.Csv;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantProfileTest {
    private static final Organisation TENANT = Organisation.of("customer-1");

    private static TenantProfile parse(String json) {
        return TenantProfile.parse(TENANT, json.replace('\'', '"'));
    }

    @Test
    void a_file_with_the_three_keys_of_old_is_a_profile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("customer-1.json");
        Files.writeString(file, """
                {
                    "formats":[".csv"],
                    "number_files":10,
                    "data_sizes":4096
                }
                """);

        TenantProfile profile = TenantProfile.read(TENANT, file);

        assertThat(profile.constraints())
                .isEqualTo(new FileConstraints(
                        List.of(".csv"), 10, 4096, TenantProfile.Builder.DEFAULT_BYTES_A_DAY, List.of()));
        assertThat(profile.app()).isEqualTo(TenantProfile.ROWS_APP);
        assertThat(profile.attempts()).isEqualTo(TenantProfile.Builder.DEFAULT_ATTEMPTS);
        assertThat(profile.schema()).isEmpty();
        assertThat(profile).isEqualTo(TenantProfile.builder(TENANT).build());
    }

    @Test
    void every_key_is_read() {
        TenantProfile profile = parse("""
                {'formats': ['.csv', '.csv.gz'], 'number_files': 3, 'data_sizes': 2, 'bytes_a_day': 5000000000,
                 'columns': ['name', {'name': 'rating', 'type': 'float64'},
                             {'name': 'price', 'type': 'decimal(10,2)', 'required': true}],
                 'app': 'prices.v2', 'concurrency': 4, 'attempts': 5, 'time_limit_seconds': 90,
                 'schedule': {'from': '22:30', 'to': '06:00', 'zone': 'Europe/Berlin'},
                 'target': {'keyspace': 'customer1', 'table': 'application'},
                 'values': {'nulls': ['nan', ''], 'dates': 'dd/MM/yyyy', 'decimal_point': ',', 'true': ['ja'],
                            'false': ['nein']},
                 'row_id': 'id',
                 'steps': [{'trim': ['name']}, {'limit': 5}]}
                """);

        assertThat(profile.constraints())
                .isEqualTo(new FileConstraints(
                        List.of(".csv", ".csv.gz"), 3, 2, 5_000_000_000L, List.of("name", "rating", "price")));
        assertThat(profile.schema())
                .contains(Schema.of(
                        Column.nullable("name", ColumnType.STRING),
                        Column.nullable("rating", ColumnType.FLOAT64),
                        Column.required("price", ColumnType.decimal(10, 2))));
        assertThat(profile.app()).isEqualTo("prices.v2");
        assertThat(profile.parallelism()).isEqualTo(4);
        assertThat(profile.attempts()).isEqualTo(5);
        assertThat(profile.timeLimit()).isEqualTo(Duration.ofSeconds(90));
        assertThat(profile.keyspace()).isEqualTo("customer1");
        assertThat(profile.table()).isEqualTo("application");
        assertThat(profile.rowId()).contains("id");
        assertThat(profile.values().toString()).contains("decimal point ','", "nan");
        assertThat(parse(profile.toJson())).isEqualTo(profile).hasSameHashCodeAs(profile);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [] | the profile is []; it must be an object
            {'formatz': ['.csv']} | the key 'formatz' is not known; the keys are app, attempts
            {'formats': '.csv'} | formats is ".csv"; it must be a list
            {'formats': ['csv']} | formats has 'csv'; an end of file names is a dot
            {'formats': []} | formats has 0 entries; 1 to 100
            {'number_files': '10'} | number_files is "10"; it must be a whole number from 0 to 1000000
            {'number_files': -1} | number_files is -1; it must be from 0 to 1000000
            {'number_files': 99999999999999999999} | number_files is 99999999999999999999; it must be a whole number
            {'data_sizes': 1.5} | data_sizes is 1.5; it must be a whole number from 0 to 1073741824
            {'data_sizes': null} | data_sizes is null
            {'bytes_a_day': true} | bytes_a_day is true
            {'columns': ['a', 'a']} | columns has 'a' twice
            {'columns': [' ']} | columns has ' '; the name of a column
            {'columns': [{'name': 'a'}]} | columns.type is missing
            {'columns': [{'name': 'a', 'type': 'list'}]} | columns, the type of a is "list"; it must be boolean, int32
            {'columns': [{'name': 'a', 'type': 'decimal(99,2)'}]} | the type of a is "decimal(99,2)"
            {'columns': [{'name': 'a', 'type': 'int32', 'width': 3}]} | the key 'columns.width' is not known
            {'app': '../x'} | app is '../x'; it must be up to 64 letters
            {'concurrency': 0} | concurrency is 0; it must be from 1 to 64
            {'attempts': 101} | attempts is 101; it must be from 1 to 100
            {'time_limit_seconds': 604801} | time_limit_seconds is 604801; it must be from 1 to 604800
            {'schedule': {'from': '22:00'}} | schedule.to is missing
            {'schedule': {'from': '25:00', 'to': '06:00'}} | schedule.from is "25:00"; it must be a time of day
            {'schedule': {'from': '06:00', 'to': '06:00'}} | schedule is from 06:00 to 06:00; the times must differ
            {'schedule': {'from': '06:00:01', 'to': '07:00'}} | must be whole minutes
            {'schedule': {'from': '06:00', 'to': '07:00', 'zone': 'Moon'}} | schedule.zone is 'Moon'
            {'target': {'keyspace': 'a', 'table': 'b; DROP'}} | target.table is 'b; DROP'
            {'target': {'keyspace': 'a'}} | target.table is missing
            {'values': {'dates': 'bbb'}} | values.dates is 'bbb'; it must be a pattern
            {'values': {'zone': 'Moon'}} | values.zone is 'Moon'; it must be a time zone
            {'values': {'decimal_point': ',,'}} | values.decimal_point is ',,'; it must be one character
            {'values': {'decimal_point': ',', 'group_separator': ','}} | values.group_separator is not allowed
            {'values': {'true': ['y']}} | values.false is missing
            {'values': {'true': ['y'], 'false': ['Y']}} | values.true is not allowed
            {'values': {'nil': []}} | the key 'values.nil' is not known
            {'row_id': ''} | row_id has ''
            {'steps': {'trim': ['a']}} | steps is {"trim":["a"]}; it must be a list
            {'steps': [{'trim': ['a']}, {'explode': 1}]} | steps, step 2 is 'explode'; the steps are default, distinct
            {'steps': [{'trim': ['a'], 'limit': 1}]} | steps, step 1 is {"trim":["a"],"limit":1}; it must be an object with one key
            {'steps': [{'trim': []}]} | steps, step 1, trim is []; it must be a list of at least one
            {'steps': [{'rename': {'a': 1}}]} | steps, step 1, rename is 1; it must be text
            {'steps': [{'limit': -1}]} | steps, step 1, limit is -1
            {'steps': [{'default': {'a': [1]}}]} | steps, step 1, default, a is [1]; it must be text, a number
            {'steps': [{'filter': {'column': 'a', 'op': 'like', 'value': 1}}]} | steps, step 1, filter.op is "like"; it must be one of eq, ne
            {'steps': [{'filter': {'column': 'a', 'op': 'eq'}}]} | steps, step 1, filter.value is missing
            {'steps': [{'filter': {'column': 'a', 'op': 'null', 'value': 1}}]} | steps, step 1, filter.value is given
            {'steps': [{'retype': {'columns': {'a': 'number'}}}]} | steps, step 1, retype.columns, the type of a is "number"
            {'steps': [{'retype': {'columns': {'a': 'date'}, 'values': {'dates': 'b'}}}]} | steps, step 1, retype.values.dates is 'b'
            {'app': 'a', 'app': 'b'} | is not JSON: Duplicate
            {'app': 'a'} {} | is not JSON
            {'app': | is not JSON
            """)
    void a_mistake_is_named_with_its_key_its_value_and_what_is_allowed(String json, String problem) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.bad_profile"))
                .hasMessageStartingWith("[profile of customer-1] ")
                .hasMessageContaining(problem);
    }

    @Test
    void a_file_that_is_too_large_or_missing_or_a_link_is_refused(@TempDir Path directory) throws IOException {
        Path large = Files.writeString(directory.resolve("a.json"), " ".repeat(TenantProfile.MAX_BYTES) + "{}");
        Path link = directory.resolve("link.json");
        Files.createSymbolicLink(link, Files.writeString(directory.resolve("b.json"), "{}"));

        assertThatThrownBy(() -> TenantProfile.read(TENANT, large)).hasMessageContaining("more than 262144 bytes");
        assertThatThrownBy(() -> TenantProfile.read(TENANT, directory.resolve("gone.json")))
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> TenantProfile.read(TENANT, link)).hasMessageContaining("symbolic link");
        assertThatThrownBy(() -> parse(" ".repeat(TenantProfile.MAX_BYTES) + "{}"))
                .hasMessageContaining("has 262146 bytes; up to 262144 are allowed");
    }

    @Test
    void a_builder_refuses_what_a_file_may_not_have() {
        TenantProfile.Builder builder = TenantProfile.builder(TENANT);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.parallelism(65))
                .withMessageContaining("65");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> builder.schema(Schema.of(Column.nullable("tags", ColumnType.list(ColumnType.STRING)))))
                .withMessageContaining("list<string>");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.steps("[{\"trim\": 3}]"))
                .withMessageContaining("step 1, trim is 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TenantProfile.builder(TENANT).formats("csv").build())
                .withMessageContaining("csv");
    }

    @Provide
    Arbitrary<TenantProfile> profiles() {
        Arbitrary<String> names = Arbitraries.strings()
                .withChars("abß漢 ,\"{}")
                .ofMinLength(1)
                .ofMaxLength(5)
                .filter(s -> !s.isBlank());
        Arbitrary<Column> columns = Combinators.combine(
                        names,
                        Arbitraries.of(ColumnType.STRING, ColumnType.DATE, ColumnType.decimal(9, 3), ColumnType.UUID),
                        Arbitraries.of(true, false))
                .as(Column::new);
        Arbitrary<List<Column>> schemas =
                columns.list().uniqueElements(Column::name).ofMaxSize(4);
        Arbitrary<String> steps = Arbitraries.of(
                "[]",
                "[{\"default\": {\"a\": 1.50, \"b\": \"x\", \"c\": true}}]",
                "[{\"filter\": {\"column\": \"a\", \"op\": \"in\", \"value\": [1, 2.0, 1e30]}}, {\"limit\": 3}]");
        Arbitrary<String> values = Arbitraries.of(
                "{}",
                "{\"times\": \"HH.mm\", \"nulls\": [\"b\", \"a\"]}",
                "{\"group_separator\": \"'\", \"zone\": \"UTC\"}");
        Arbitrary<LocalTime> times =
                Arbitraries.integers().between(0, 1_439).map(minute -> LocalTime.of(minute / 60, minute % 60));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 1_000_000),
                        Arbitraries.longs().between(0, 1L << 60),
                        schemas,
                        Arbitraries.of(true, false),
                        steps,
                        values,
                        times,
                        Arbitraries.of("UTC", "America/New_York", "+05:30"))
                .as((number, bytes, schema, typed, step, value, from, zone) -> {
                    TenantProfile.Builder builder = TenantProfile.builder(TENANT)
                            .formats(".csv", ".v" + number)
                            .numberFiles(number)
                            .bytesADay(bytes)
                            .values(value)
                            .steps(step)
                            .schedule(from, from.plusMinutes(1 + number % 1_439), ZoneId.of(zone));
                    Schema whole = Schema.of(schema);
                    return (typed ? builder.schema(whole) : builder.columns(whole.names())).build();
                });
    }

    @Property(tries = 200)
    void a_profile_that_was_written_is_read_as_it_was(@ForAll("profiles") TenantProfile profile) {
        TenantProfile read = TenantProfile.parse(TENANT, profile.toJson());

        assertThat(read).isEqualTo(profile);
        assertThat(read.constraints()).isEqualTo(profile.constraints());
        assertThat(read.schema()).isEqualTo(profile.schema());
        assertThat(read.schedule()).isEqualTo(profile.schedule());
    }

    private final List<RejectedRow> rejected = new ArrayList<>();

    private List<List<Object>> rows(TenantProfile profile, String csv) {
        byte[] bytes = csv.getBytes(StandardCharsets.UTF_8);
        List<List<Object>> values = new ArrayList<>();
        try (Rows rows = Csv.reader("apps.csv", () -> new ByteArrayInputStream(bytes))
                .values(profile.values())
                .rows()
                .through(profile.steps(), rejected::add)) {
            for (Row row : rows.toTable()) {
                List<Object> one = new ArrayList<>();
                for (int i = 0; i < row.schema().size(); i++) {
                    one.add(row.value(i));
                }
                values.add(one);
            }
        }
        return values;
    }

    @Test
    void steps_do_to_rows_what_they_say() {
        TenantProfile profile = parse("""
                {'values': {'nulls': ['nan'], 'dates': 'dd/MM/yyyy'},
                 'steps': [
                   {'trim': ['name']},
                   {'rename': {'a': 'name', 'Rating': 'rating'}},
                   {'retype': {'columns': {'rating': 'float64', 'day': 'date', 'price': 'decimal(5,2)'}}},
                   {'default': {'rating': 0.5, 'price': 1, 'day': '2020-02-29'}},
                   {'require': ['name']},
                   {'filter': {'column': 'day', 'op': 'ge', 'value': '2020-01-01'}},
                   {'filter': {'column': 'rating', 'op': 'ne', 'value': 3}},
                   {'distinct': ['name']},
                   {'select': ['rating', 'name', 'price']},
                   {'limit': 2}]}
                """.replace("{'trim': ['name']},", "{'trim': ['a']},"));

        List<List<Object>> rows = rows(profile, """
                a,Rating,day,price
                 one ,4.5,01/03/2020,1.25
                  ,4.5,01/03/2020,1.25
                old,1,31/12/2019,1
                three,3,01/03/2020,1
                bad,x,01/03/2020,1
                two,nan,,
                one,1,01/03/2020,1
                four,1,01/03/2020,1
                """);

        assertThat(rows)
                .containsExactly(
                        List.of(4.5, "one", new java.math.BigDecimal("1.25")),
                        List.of(0.5, "two", new java.math.BigDecimal("1.00")));
        assertThat(rejected).extracting(RejectedRow::position).containsExactlyInAnyOrder(3L, 6L);
    }

    @Test
    void two_columns_of_a_file_may_write_dates_in_two_ways() {
        TenantProfile profile = parse("""
                {'steps': [{'retype': {'columns': {'a': 'date'}, 'values': {'dates': 'd.M.yyyy'}}},
                           {'retype': {'columns': {'b': 'date'}}}]}
                """);

        assertThat(rows(profile, "a,b\n1.2.2020,2020-02-01\n").get(0).stream().distinct())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [{'limit': 9}, {'trim': ['gone']}] | steps, step 2, trim: There is no column 'gone'
            [{'default': {'a': 5}}] | steps, step 1, default: steps, step 1, default, a is 5, which column 'a string' cannot hold
            [{'filter': {'column': 'a', 'op': 'lt', 'value': true}}] | which column 'a string' cannot hold
            [{'retype': {'columns': {'gone': 'date'}}}] | steps, step 1, retype: There is no column 'gone'
            """)
    void a_step_that_does_not_fit_the_rows_is_named_by_its_number(String steps, String problem) {
        TenantProfile profile = parse("{'steps': " + steps + "}");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> rows(profile, "a\n1\n"))
                .withMessageContaining(problem);
    }
}
