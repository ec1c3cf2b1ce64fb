package io.github.keywharf.cassandra;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import java.time.Duration;
import java.util.List;

/** What a {@link CassandraManager} reports to its listener about its connections and statements. */
public sealed interface CassandraEvent extends Event {

    /**
     * A setting of the environment or of a section was not used, because the builder has another.
     *
     * @param subject the variable or the member
     * @param by what was used instead
     */
    record SettingIgnored(String subject, String by) implements CassandraEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "It is set and not used: " + by + " was given and wins; remove one of the two";
        }
    }

    /**
     * The names in the nodes' certificates are not checked.
     *
     * @param subject the contact points
     */
    record HostnameNotVerified(String subject) implements CassandraEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "Host names are not verified: whoever has a certificate of the same authority can pose as a node;"
                    + " use certificateName(…), or give the nodes certificates with their addresses";
        }
    }

    /**
     * A password travels in plain text.
     *
     * @param subject the contact points
     */
    record PasswordInPlainText(String subject) implements CassandraEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "The password is sent without TLS, for anyone on the way to read; call trust(…) or tls()";
        }
    }

    /**
     * A node cannot be reached any more, or left. Others are asked in the meantime.
     *
     * @param subject its address
     * @param datacenter where it is, empty when unknown
     */
    record NodeDown(String subject, String datacenter) implements CassandraEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "The node is down" + (datacenter.isEmpty() ? "" : " (data centre " + datacenter + ")");
        }
    }

    /**
     * A node can be reached again, or joined.
     *
     * @param subject its address
     * @param datacenter where it is, empty when unknown
     */
    record NodeUp(String subject, String datacenter) implements CassandraEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return "The node is up" + (datacenter.isEmpty() ? "" : " (data centre " + datacenter + ")");
        }
    }

    /**
     * The server carried a statement out and warns of it: of a large batch, of many tombstones.
     *
     * @param work whose work it belongs to
     * @param subject the keyspace
     * @param message what it says
     */
    record ServerWarned(Work work, String subject, String message) implements CassandraEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }
    }

    /**
     * A statement failed in passing and is sent again: it is idempotent, or had never left.
     *
     * @param work whose work it belongs to
     * @param subject the keyspace
     * @param code of the failure
     * @param attempt how many times it was sent so far
     * @param pause until it is sent again
     */
    record StatementRepeated(Work work, String subject, String code, int attempt, Duration pause)
            implements CassandraEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "Attempt " + attempt + " of a statement failed (" + code + "); again in " + pause.toMillis() + " ms";
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("attempt", attempt), Fact.time("pause", pause));
        }
    }
}
