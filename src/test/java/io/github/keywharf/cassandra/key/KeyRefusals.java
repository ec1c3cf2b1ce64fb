package io.github.keywharf.cassandra.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How tests say that something must not work. */
final class KeyRefusals {
    private KeyRefusals() {}

    static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    /** Not by us, but by the server itself. */
    static void assertDenied(CassandraManager manager, String cql) {
        assertThatThrownBy(() -> manager.unwrap().execute(cql))
                .as(cql)
                .isInstanceOf(com.datastax.oss.driver.api.core.servererrors.UnauthorizedException.class);
    }
}
