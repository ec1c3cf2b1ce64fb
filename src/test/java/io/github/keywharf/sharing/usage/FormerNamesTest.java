package io.github.keywharf.sharing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FormerNamesTest {

    @Test
    void former_names_become_names_that_the_page_of_events_lists() throws IOException {
        String listed = Files.readString(Path.of("docs/reference/events.md"));

        assertThat(Pattern.compile("THEN '([^']*)'")
                        .matcher(FormerNames.sql("activity"))
                        .results()
                        .map(MatchResult::group))
                .hasSizeGreaterThan(30)
                .allSatisfy(then -> assertThat(listed).contains("| `" + then.replaceAll("THEN '(.*)'", "$1") + "` |"));
    }

    @Test
    void other_names_stay() {
        assertThat(FormerNames.current("platform.export.finished")).isEqualTo("platform.export.finished");
        assertThat(FormerNames.current("Export.Finished")).isEqualTo("Export.Finished");
    }

    private record Note(LocalDate day, String kind, long amount) {}

    private static BigDecimal total(Schema schema, String time, UsageMeasure measure, Rows rows) {
        UsageCharts charts = UsageCharts.of("usage", schema, time, UsageChart.total(measure));
        return ChartFigures.of(charts, rows).get(0).total();
    }

    @Test
    void a_chart_of_a_former_name_has_all_that_is_stored_under_either() {
        UsageMeasure events = UsageMeasure.sum("events", "Events", "amount").where("measure", "events");

        for (String name : List.of("BatchEvent.FileChanged.done", "batch.file.ingested")) {
            assertThat(total(
                            UsageLog.SCHEMA,
                            "period_start",
                            events.where("activity", name),
                            SampleUsage.rows(SampleUsage.some())))
                    .isEqualByComparingTo("372");
        }
    }

    @Test
    void in_columns_of_a_hosts_own_a_name_is_what_it_was() {
        List<Note> notes = List.of(new Note(LocalDate.EPOCH, "TenantEvent.Revoked", 7));
        Schema schema = Rows.ofRecords(Note.class, notes).schema();
        UsageMeasure sum = UsageMeasure.sum("sum", "Sum", "amount").where("kind", "TenantEvent.Revoked");

        assertThat(total(schema, "day", sum, Rows.ofRecords(Note.class, notes))).isEqualByComparingTo("7");
    }
}
