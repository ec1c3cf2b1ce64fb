package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.tls.TlsConfig;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CassandraConnectTest {
    private static CassandraServer server;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        server = CassandraServer.shared();
    }

    private static String whoAmI(CassandraManager cassandra) {
        return cassandra
                .execute("SELECT cluster_name FROM system.local")
                .one()
                .orElseThrow()
                .string("cluster_name");
    }

    private static void connects(CassandraManager.Builder builder) {
        try (CassandraManager cassandra = builder.connect()) {
            assertThat(whoAmI(cassandra)).isEqualTo("keywharf-tests");
        }
    }

    private static KeywharfException refusal(CassandraManager.Builder builder) {
        try (CassandraManager unexpected = builder.connect()) {
            throw new AssertionError("It connected: " + unexpected);
        } catch (KeywharfException e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString())
                    .doesNotContain(server.superuserPassword())
                    .doesNotContain("wrong-password");
            return e;
        }
    }

    private static CassandraManager.Builder plain() {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .credentials(server.superuser(), Secret.of(server.superuserPassword()));
    }

    @Test
    void tls_with_a_pem_file_or_text_and_a_named_or_inferred_data_centre_connects() throws IOException {
        connects(SharedCassandra.builder());
        connects(plain().trust(Files.readString(server.caCertificate())));
        connects(plain());
        connects(plain().contactPoint("localhost", server.port()).trust(server.caCertificate()));
    }

    @Test
    void credentials_come_from_secret_sources_and_documents_too() {
        String password = server.superuserPassword();
        connects(CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .credentials(SecretSource.of(Map.of("u", server.superuser(), "p", password)), "u", "p"));
        connects(CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .credentials(Secret.of(
                        "{\"username\": \"" + server.superuser() + "\", \"password\": \"" + password + "\"}")));
        assertThat(refusal(CassandraManager.builder()
                                .contactPoint(server.host(), server.port())
                                .credentials(Secret.of("{\"username\": 1}")))
                        .code())
                .isEqualTo("cassandra.bad_credentials_document");
    }

    @Test
    void the_environment_of_the_seed_fills_what_was_not_said_and_never_overrides_silently() {
        Map<String, String> seed = new HashMap<>(Map.of(
                "CASSANDRA_USERNAME",
                server.superuser(),
                "CASSANDRA_PWD",
                server.superuserPassword(),
                "CASSANDRA_DC1",
                server.localDatacenter(),
                "CASSANDRA_NODE1",
                server.host() + ":" + server.port(),
                "CASSANDRA_NODE2",
                "localhost:" + server.port(),
                "PATH",
                "/bin"));
        connects(CassandraManager.builder().fromEnvironment(seed));

        List<Event> events = new CopyOnWriteArrayList<>();
        seed.put("CASSANDRA_PWD", "wrong-password");
        seed.put("CASSANDRA_DC1", "nowhere");
        connects(SharedCassandra.builder().fromEnvironment(seed).events(events::add));
        assertThat(events)
                .filteredOn(event -> event.name().equals("cassandra.setting.ignored"))
                .extracting(Event::subject)
                .containsExactlyInAnyOrder(
                        "CASSANDRA_USERNAME", "CASSANDRA_PWD", "CASSANDRA_DC1", "CASSANDRA_NODE1", "CASSANDRA_NODE2");
        assertThat(events).allSatisfy(event -> assertThat(event.message()).doesNotContain("wrong-password"));

        assertThatThrownBy(() -> CassandraManager.builder()
                        .fromEnvironment(Map.of("CASSANDRA_USERNAME", "u", "CASSANDRA_NODE1", "h"))
                        .connect())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("CASSANDRA_USERNAME is set and CASSANDRA_PWD is not");
    }

    @Test
    void a_section_of_the_seeds_file_names_a_host_a_port_and_a_keyspace() {
        String keyspace = server.createKeyspace("section");
        Map<String, Object> section = Map.of(
                "aws_usr", server.superuser(),
                "aws_pwd", server.superuserPassword(),
                "aws_zone", server.host(),
                "aws_dc", server.localDatacenter(),
                "port", server.port(),
                "default_keyspace", keyspace);
        try (CassandraManager cassandra = CassandraManager.builder()
                .fromSection(section)
                .trust(server.caCertificate())
                .connect()) {
            assertThat(cassandra.keyspace()).contains(keyspace);
        }
    }

    @Test
    void a_session_of_the_host_keeps_its_settings_and_stays_open() {
        CqlSession session = server.session();
        CassandraManager cassandra = CassandraManager.of(session);
        assertThat(whoAmI(cassandra)).isEqualTo("keywharf-tests");
        assertThat(cassandra.context().defaults().timeout())
                .isEqualTo(session.getContext()
                        .getConfig()
                        .getDefaultProfile()
                        .getDuration(DefaultDriverOption.REQUEST_TIMEOUT));
        assertThat(cassandra.context().defaults().consistency()).isEqualTo(DefaultConsistencyLevel.LOCAL_ONE);
        cassandra.close();
        assertThat(session.isClosed()).isFalse();
        assertThat(cassandra.unwrap()).isSameAs(session);
    }

    @Test
    void a_configuration_file_wins_over_defaults_and_loses_to_what_the_builder_says() throws IOException {
        Path file =
                Files.writeString(directory.resolve("application.conf"), """
                    datastax-java-driver {
                      basic.request { timeout = 3 seconds, page-size = 77, consistency = ONE }
                      basic.contact-points = ["%s:%d"]
                    }
                    """.formatted(server.host(), server.port()));
        try (CassandraManager cassandra = CassandraManager.builder()
                .configuration(file)
                .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                .pageSize(99)
                .connect()) {
            StatementDefaults defaults = cassandra.context().defaults();
            assertThat(defaults.timeout()).isEqualTo(Duration.ofSeconds(3));
            assertThat(defaults.consistency()).isEqualTo(DefaultConsistencyLevel.ONE);
            assertThat(defaults.pageSize()).isEqualTo(99);
        }
        assertThat(refusal(CassandraManager.builder().configuration(directory.resolve("none.conf")))
                        .code())
                .isEqualTo("cassandra.bad_configuration");
        Path broken = Files.writeString(directory.resolve("broken.conf"), "datastax-java-driver { basic = [");
        assertThat(refusal(CassandraManager.builder().configuration(broken)).code())
                .isEqualTo("cassandra.bad_configuration");
    }

    @Test
    void every_option_of_the_builder_reaches_the_session() {
        try (CassandraManager cassandra = SharedCassandra.builder()
                .consistency(DefaultConsistencyLevel.ONE)
                .serialConsistency(DefaultConsistencyLevel.LOCAL_SERIAL)
                .timeout(Duration.ofSeconds(7))
                .connectTimeout(Duration.ofSeconds(8))
                .heartbeat(Duration.ofSeconds(9))
                .idempotent(true)
                .speculativeExecution(2, Duration.ofMillis(500))
                .connect()) {
            StatementDefaults defaults = cassandra.context().defaults();
            assertThat(defaults.consistency()).isEqualTo(DefaultConsistencyLevel.ONE);
            assertThat(defaults.serialConsistency()).isEqualTo(DefaultConsistencyLevel.LOCAL_SERIAL);
            assertThat(defaults.timeout()).isEqualTo(Duration.ofSeconds(7));
            assertThat(defaults.idempotent()).isTrue();
            assertThat(whoAmI(cassandra)).isEqualTo("keywharf-tests");
        }
    }

    @Test
    void wrong_and_missing_credentials_are_distinguished() {
        KeywharfException wrong =
                refusal(SharedCassandra.builder().credentials(server.superuser(), Secret.of("wrong-password")));
        assertThat(wrong.code()).isEqualTo("cassandra.bad_credentials");
        assertThat(wrong)
                .hasMessage("[" + server.host() + ":" + server.port()
                        + "] The session cannot be opened: the server refuses user or password; check both");

        assertThat(refusal(CassandraManager.builder()
                        .contactPoint(server.host(), server.port())
                        .trust(server.caCertificate())))
                .hasMessageContaining("call credentials(…)")
                .extracting(KeywharfException::code)
                .isEqualTo("cassandra.no_credentials");

        server.execute("CREATE ROLE IF NOT EXISTS no_login WITH LOGIN = false AND PASSWORD = 'secret'");
        assertThat(refusal(SharedCassandra.builder().credentials("no_login", Secret.of("secret")))
                        .code())
                .isEqualTo("cassandra.no_login");
    }

    @Test
    void a_wrong_data_centre_is_refused_with_the_names_of_those_there_are() {
        KeywharfException wrong = refusal(SharedCassandra.builder().localDatacenter("dc1"));
        assertThat(wrong.code()).isEqualTo("cassandra.wrong_datacenter");
        assertThat(wrong).hasMessageContaining("'dc1'").hasMessageContaining("'" + server.localDatacenter() + "'");
    }

    @Test
    void a_missing_keyspace_is_refused_by_name() {
        assertThat(refusal(SharedCassandra.builder().keyspace("No_such")))
                .hasMessageContaining("'No_such'")
                .extracting(KeywharfException::code)
                .isEqualTo("cassandra.no_keyspace");
    }

    @Test
    void nodes_that_are_not_there_are_unreachable() {
        assertThat(refusal(CassandraManager.builder().contactPoint("127.0.0.1", 1))
                        .code())
                .isEqualTo("cassandra.unreachable");
        assertThat(refusal(CassandraManager.builder().contactPoint("::1", 1)).code())
                .isEqualTo("cassandra.unreachable");
        assertThat(refusal(CassandraManager.builder().contactPoint("no-such-host.invalid")))
                .hasMessageContaining("no-such-host.invalid")
                .extracting(KeywharfException::code)
                .isEqualTo("cassandra.unreachable");
        connects(plain().contactPoint("127.0.0.1", 1));
    }

    @Test
    void a_node_that_is_not_trusted_or_has_another_name_is_refused() {
        assertThat(refusal(SharedCassandra.builder().trust(server.otherCaCertificate()))
                        .code())
                .isEqualTo("cassandra.untrusted");
        assertThat(refusal(plain().tls()).code()).isEqualTo("cassandra.untrusted");
        assertThat(refusal(SharedCassandra.builder().certificateName("db.example.com")))
                .hasMessageContaining("certificateName")
                .extracting(KeywharfException::code)
                .isEqualTo("cassandra.certificate_name");
        connects(SharedCassandra.builder().certificateName("localhost"));
    }

    @Test
    void host_names_go_unverified_only_with_a_warning() {
        List<Event> events = new CopyOnWriteArrayList<>();
        connects(SharedCassandra.builder().hostnameVerification(false).events(events::add));
        assertThat(events).extracting(Event::name).containsExactly("cassandra.tls.hostname_unverified");
    }

    @Test
    void a_password_that_leaves_the_machine_without_tls_is_warned_of() {
        List<Event> events = new CopyOnWriteArrayList<>();
        refusal(CassandraManager.builder()
                .contactPoint("no-such-host.invalid")
                .credentials("ann", Secret.of("wrong-password"))
                .events(events::add));
        assertThat(events)
                .extracting(Event::name, Event::subject)
                .containsExactly(tuple("cassandra.tls.plain_password", "no-such-host.invalid:9042"));
    }

    @Test
    void with_an_older_protocol_the_keyspace_of_the_session_works_and_another_is_refused() throws IOException {
        String keyspace = server.createKeyspace("older");
        server.execute("CREATE TABLE " + keyspace + ".t (id int PRIMARY KEY)");
        Path file =
                Files.writeString(directory.resolve("v4.conf"), "datastax-java-driver.advanced.protocol.version = V4");
        try (CassandraManager cassandra =
                SharedCassandra.builder().configuration(file).keyspace(keyspace).connect()) {
            cassandra.execute("INSERT INTO t (id) VALUES (?)", 1);
            cassandra.batch().add("INSERT INTO t (id) VALUES (?)", 2).execute();
            assertThat(cassandra.execute("SELECT * FROM t").table().size()).isEqualTo(2);
            for (String cql : List.of("SELECT * FROM local", "TRUNCATE local")) {
                assertThatThrownBy(() -> cassandra.withKeyspace("system").execute(cql))
                        .isInstanceOfSatisfying(
                                KeywharfException.class,
                                e -> assertThat(e.code()).isEqualTo("cassandra.unsupported"));
            }
        }
    }

    @Test
    void tls_to_a_port_that_does_not_speak_it_is_reported() throws IOException {
        try (PlainServer other = new PlainServer()) {
            assertThat(refusal(CassandraManager.builder()
                                    .contactPoint("127.0.0.1", other.port())
                                    .trust(server.caCertificate()))
                            .code())
                    .isEqualTo("cassandra.tls_not_offered");
        }
    }

    private static void contradiction(UnaryOperator<CassandraManager.Builder> options, String... words) {
        assertThatThrownBy(() -> options.apply(CassandraManager.builder()).connect())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void options_that_contradict_each_other_are_refused_by_both_names() {
        Path file = directory.resolve("bundle.zip");
        contradiction(b -> b, "Nothing says where to connect to");
        contradiction(b -> b.cloudBundle(file).contactPoint("h"), "cloudBundle", "contactPoint");
        contradiction(b -> b.cloudBundle(file).localDatacenter("d"), "cloudBundle", "localDatacenter");
        contradiction(b -> b.cloudBundle(file).keyspaces("eu-west-1"), "cloudBundle", "keyspaces");
        contradiction(b -> b.cloudBundle(file).trust(file), "cloudBundle", "trust");
        contradiction(
                b -> b.contactPoint("h").hostnameVerification(false).certificateName("n"),
                "hostnameVerification(false)",
                "certificateName");
        contradiction(
                b -> b.keyspaces("eu-west-1").consistency(DefaultConsistencyLevel.ALL),
                "keyspaces",
                "consistency(ALL)");
        contradiction(
                b -> b.contactPoint("h").speculativeExecution(2, Duration.ofSeconds(20)),
                "speculativeExecution",
                "timeout");
    }

    @Test
    void setters_print_the_value_that_is_wrong() {
        CassandraManager.Builder builder = CassandraManager.builder();
        assertThatThrownBy(() -> builder.contactPoint("h", 0)).hasMessageContaining("not 0");
        assertThatThrownBy(() -> builder.contactPoint("h:1", 2)).hasMessageContaining("'h:1' has a port in it");
        assertThatThrownBy(() -> builder.contactPoint("a b")).hasMessageContaining("'a b'");
        assertThatThrownBy(() -> builder.pageSize(0)).hasMessage("pageSize must be from 1 to 100000, but is 0");
        assertThatThrownBy(() -> builder.timeout(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> builder.keyspaces("Ireland")).hasMessageContaining("'Ireland'");
        assertThatThrownBy(() -> builder.trust("ca.pem")).hasMessageContaining("Path.of");
        assertThatThrownBy(() -> builder.serialConsistency(DefaultConsistencyLevel.ONE))
                .hasMessageContaining("ONE");
        assertThatThrownBy(() -> builder.speculativeExecution(1, Duration.ofMillis(1)))
                .hasMessageContaining("not 1");
        assertThat(builder.contactPoint("[::1]", 9043).toString()).contains("[::1]:9043");
    }

    @Test
    void keyspaces_sets_endpoint_data_centre_tls_and_consistency() {
        CassandraSettings settings =
                CassandraManager.builder().keyspaces("eu-west-1").settings();
        assertThat(LoadDefaults.of(settings)).isEqualTo(new LoadDefaults(30, true));
        assertThat(LoadDefaults.of(CassandraManager.builder().settings())).isEqualTo(LoadDefaults.CASSANDRA);
        CassandraSettings.Target target = KeyspacesPreset.applied(settings.target());
        assertThat(target.contactPoints().toString()).contains("cassandra.eu-west-1.amazonaws.com", "9142");
        assertThat(target.localDatacenter()).isEqualTo("eu-west-1");
        assertThat(DriverOptions.of(settings)
                        .getInitialConfig()
                        .getDefaultProfile()
                        .getString(DefaultDriverOption.REQUEST_CONSISTENCY))
                .isEqualTo("LOCAL_QUORUM");
        TlsConfig tls = target.tls();
        assertThat(tls).isNotNull();
        assertThat(tls.hostnameVerification()).isTrue();
        assertThat(tls.certificateName()).contains("cassandra.eu-west-1.amazonaws.com");
    }

    @Test
    void a_file_that_is_not_a_bundle_is_refused_and_a_service_that_is_away_is_reported() throws IOException {
        Path text = Files.writeString(directory.resolve("text.zip"), "no zip");
        assertThat(refusal(CassandraManager.builder().cloudBundle(text)))
                .hasMessageContaining("config.json")
                .extracting(KeywharfException::code)
                .isEqualTo("cassandra.bad_bundle");
        Path zip = directory.resolve("bundle.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : List.of("config.json", "identity.jks", "trustStore.jks")) {
                out.putNextEntry(new ZipEntry(name));
                out.write("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        assertThat(refusal(CassandraManager.builder().cloudBundle(zip)).code()).isEqualTo("cassandra.bad_bundle");
    }

    @Test
    void compression_works_with_its_library() {
        try (CassandraManager cassandra =
                SharedCassandra.builder().compression(true).connect()) {
            assertThat(whoAmI(cassandra)).isEqualTo("keywharf-tests");
        }
    }

    @Test
    void compression_without_its_library_names_the_coordinates() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("lz4"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        classPath,
                        WithoutLz4.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed).contains("cassandra.no_lz4", "; add at.yawk.lz4:lz4-java:1.13.0");
    }

    /** Connects where the library for compression is not on the class path, and prints the error. */
    static final class WithoutLz4 {
        public static void main(String[] none) {
            try {
                CassandraManager.builder()
                        .contactPoint("127.0.0.1", 1)
                        .localDatacenter("datacenter1")
                        .compression(true)
                        .connect()
                        .close();
            } catch (KeywharfException e) {
                System.out.println(e.code() + " " + e.getMessage());
            }
        }
    }

    @Test
    void closing_is_quick_can_be_repeated_and_ends_what_was_handed_out() {
        CassandraManager cassandra = SharedCassandra.builder().connect();
        CassandraManager other = cassandra.withKeyspace("system");
        assertThat(whoAmI(other)).isEqualTo("keywharf-tests");
        other.close();
        assertThat(whoAmI(cassandra)).isEqualTo("keywharf-tests");
        long begin = System.nanoTime();
        cassandra.close();
        cassandra.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
        assertThatThrownBy(() -> whoAmI(other))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(cassandra.toString()).isEqualTo("CassandraManager[keywharf-tests, closed]");
    }

    @Test
    void managers_and_clusters_print_well_and_without_secrets() {
        CassandraManager.Builder builder = SharedCassandra.builder().keyspace("system");
        assertThat(builder.toString())
                .contains("user " + server.superuser())
                .doesNotContain(server.superuserPassword());
        try (CassandraManager cassandra = builder.connect()) {
            assertThat(cassandra).hasToString("CassandraManager[keywharf-tests, keyspace system, 1 node]");
            CassandraCluster cluster = cassandra.cluster();
            assertThat(cluster.name()).isEqualTo("keywharf-tests");
            assertThat(cluster.nodes()).singleElement().satisfies(node -> {
                assertThat(node.datacenter()).isEqualTo(server.localDatacenter());
                assertThat(node.rack()).isEqualTo("rack1");
                assertThat(node.version()).startsWith("5.0");
                assertThat(node.state()).isEqualTo(CassandraNode.State.UP);
                assertThat(node.local()).isTrue();
                assertThat(node.connections()).isPositive();
            });
            assertThat(cluster.toString()).contains("datacenter1", "rack1", "UP");
        }
    }
}
