package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The source's clock is set back by more than the lookback. */
class ClockSetBackTest extends PipelineTestCase {

    @Test
    void rows_stamped_since_with_times_that_were_read_before_are_found() throws SQLException {
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ofHours(2));
        TotesysPipeline pipeline = fixture.pipeline(builder ->
                builder.detection(ChangeDetection.LAST_UPDATED).source(new Ahead(fixture.source.source(), ahead)));
        pipeline.run();
        ahead.set(Duration.ZERO);
        fixture.inSource("UPDATE payment SET payment_amount = 4711,"
                + " last_updated = now() AT TIME ZONE 'UTC' - interval '1 hour' WHERE payment_id = 3");
        pipeline.run();

        assertThat(fixture.list("SELECT payment_amount::int FROM current_payment WHERE payment_id = 3"))
                .containsExactly("4711");
        assertThat(pipeline.run().ingested()).isEmpty();
    }

    /** A source whose clock is ahead. */
    private record Ahead(SqlSource real, AtomicReference<Duration> ahead) implements SqlSource {
        @Override
        public String name() {
            return real.name();
        }

        @Override
        public List<SourceTable> listTables() {
            return real.listTables();
        }

        @Override
        public SourceSnapshot snapshot() {
            return shifted(real.snapshot());
        }

        @Override
        public SourceSnapshot snapshot(List<String> tables, Duration wait) {
            return shifted(real.snapshot(tables, wait));
        }

        @Override
        public ChangeFeed changeFeed(String name, List<String> tables) {
            return real.changeFeed(name, tables);
        }

        private SourceSnapshot shifted(SourceSnapshot snapshot) {
            SnapshotPosition position = snapshot.position();
            SnapshotPosition later = new SnapshotPosition(
                    position.system(), position.snapshot(), position.time().plus(ahead.get()));
            return (SourceSnapshot) Proxy.newProxyInstance(
                    SourceSnapshot.class.getClassLoader(),
                    new Class<?>[] {SourceSnapshot.class},
                    (proxy, method, args) -> {
                        try {
                            return method.getName().equals("position") ? later : method.invoke(snapshot, args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
