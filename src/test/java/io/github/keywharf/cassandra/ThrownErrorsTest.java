package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An Error of the driver or of a task neither ends a thread nor hangs who waits for it. */
@Timeout(60)
class ThrownErrorsTest {

    private final AtomicInteger calls = new AtomicInteger();

    /** A session whose every call is an Error. */
    private CqlSession session() {
        return SessionProxy.of(null, (method, arguments, real) -> {
            if (method.equals("isClosed")) {
                return false;
            }
            calls.incrementAndGet();
            throw new StackOverflowError(method);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10})
    void an_attempt_that_throws_an_error_fails_its_stage(long seconds) {
        CassandraContext context = SessionProxy.context(session());
        CompletionStage<?> stage = Retries.whileAway(
                context,
                Duration.ofSeconds(seconds),
                true,
                () -> context.session().executeAsync(SimpleStatement.newInstance("SELECT now() FROM system.local")));
        assertThatThrownBy(() -> Waiting.on("test", "It failed", stage))
                .isInstanceOf(StackOverflowError.class)
                .hasMessage("executeAsync");
        assertThat(calls).hasValue(1);
    }

    @Test
    void an_error_while_a_repetition_is_arranged_fails_the_stage() {
        CassandraContext context = SessionProxy.context(SessionProxy.of(null, (method, arguments, real) -> {
            throw new NoClassDefFoundError(method);
        }));
        CompletionStage<Object> stage = Retries.whileAway(
                context,
                Duration.ofSeconds(10),
                true,
                () -> CompletableFuture.failedFuture(new NoNodeAvailableException()));
        assertThatThrownBy(() -> stage.toCompletableFuture().get(30, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(NoNodeAvailableException.class)
                .satisfies(thrown -> assertThat(thrown.getCause().getSuppressed())
                        .hasAtLeastOneElementOfType(NoClassDefFoundError.class));
    }

    @Test
    void a_statement_whose_preparation_throws_an_error_is_prepared_again() {
        PreparedStatements statements = new PreparedStatements(session());
        for (int time = 1; time <= 2; time++) {
            CompletableFuture<?> prepared =
                    statements.prepare(Optional.empty(), "SELECT a FROM b").toCompletableFuture();
            assertThat(prepared).isCompletedExceptionally();
            assertThat(calls).hasValue(time);
        }
        assertThat(statements.size()).isZero();
    }

    @Test
    void a_request_that_throws_an_error_is_not_under_way() {
        BulkSender sender = new BulkSender(session(), new BulkLimiter(4), "test");
        BulkRequest request = new BulkRequest(null, new int[] {0}, SimpleStatement.newInstance("INSERT"), 10, false, 1);
        sender.send(request);
        BulkSender.Failure failure = sender.awaitIdle();
        assertThat(failure).isNotNull();
        assertThat(failure.request()).isSameAs(request);
        assertThat(failure.cause()).isInstanceOf(StackOverflowError.class);
        assertThat(sender.awaitIdle()).isNull();
    }
}
