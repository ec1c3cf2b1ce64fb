package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeAppFlow;
import io.github.keywharf.testing.aws.FakeSts;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.util.VersionInfo;

/** Credentials that the SDK finds by itself, as a pod of EKS and a machine with profiles have them. */
class AwsCredentialsTest {
    private static final String ASSUMED = """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult>
                <Credentials>
                  <AccessKeyId>ASIAOFTHEPOD</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
                  <SessionToken>session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
                </Credentials>
                <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/pod/x</Arn><AssumedRoleId>R:x</AssumedRoleId></AssumedRoleUser>
              </AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """;

    @TempDir
    private Path folder;

    private final Map<String, String> before = new TreeMap<>();

    @BeforeEach
    void askNoMachine() {
        set("aws.disableEc2Metadata", "true");
        set("aws.configFile", folder.resolve("config").toString());
        set("aws.sharedCredentialsFile", folder.resolve("credentials").toString());
    }

    @AfterEach
    void putBack() {
        before.forEach((name, value) -> {
            if (value.isEmpty()) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    private void set(String name, String value) {
        before.putIfAbsent(name, System.getProperty(name, ""));
        System.setProperty(name, value);
    }

    private void asInAPod() throws Exception {
        set(
                "aws.webIdentityTokenFile",
                Files.writeString(folder.resolve("token"), "a token").toString());
        set("aws.roleArn", "arn:aws:iam::1:role/pod");
    }

    @Test
    void a_web_identity_is_exchanged_for_credentials() throws Exception {
        asInAPod();
        List<String> signed = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean sts = exchange.getRequestMethod().equals("POST");
            if (!sts) {
                signed.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            }
            byte[] body = ASSUMED.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(sts ? 200 : 404, sts ? body.length : -1);
            if (sts) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        set("aws.endpointUrlSts", address);
        set("aws.region", "eu-west-1");
        try (AWSManager aws = AWSManager.builder()
                .region("eu-west-1")
                .endpoint(URI.create(address))
                .pathStyle(true)
                .attempts(1)
                .connect()) {
            assertThat(aws.store("bucket").find("a")).isEmpty();
        } finally {
            server.stop(0);
        }
        assertThat(signed).isNotEmpty().allMatch(header -> header.contains("ASIAOFTHEPOD"));
    }

    @Test
    void a_profile_gives_credentials_and_region_and_a_missing_one_is_named() throws Exception {
        Files.writeString(folder.resolve("config"), """
                [profile dev]
                aws_access_key_id = %s
                aws_secret_access_key = %s
                region = eu-west-1

                [profile empty]
                region = eu-west-1
                """.formatted(AwsKeys.ACCESS_KEY, AwsKeys.SECRET_KEY));
        FakeAppFlow fake = new FakeAppFlow().define("contacts", "OnDemand");
        try (FakeServer server = FakeServer.start(fake);
                AWSManager dev = AWSManager.builder()
                        .profile("dev")
                        .endpoint(server.uri())
                        .connect();
                AWSManager empty = AWSManager.builder()
                        .profile("empty")
                        .endpoint(server.uri())
                        .connect()) {
            assertThat(dev.flow("contacts").lastRun()).isEmpty();
            assertThat(dev).asString().contains("eu-west-1", "profile dev").doesNotContain(AwsKeys.SECRET_KEY);
            assertThatThrownBy(() -> empty.flow("contacts").lastRun())
                    .hasMessageContaining("No credentials were given or found")
                    .extracting(Object::toString)
                    .asString()
                    .endsWith("(aws.bad_credentials)");
        }
        assertThatThrownBy(() -> AWSManager.builder().profile("prod").connect())
                .hasMessageContaining("[profile prod]")
                .hasMessageContaining("dev, empty")
                .extracting(Object::toString)
                .asString()
                .endsWith("(aws.no_profile)");
    }

    @Test
    void a_role_is_assumed_with_its_external_id_and_used_for_all_services() {
        String role = "arn:aws:iam::123456789012:role/reader";
        AwsKeys keys = new AwsKeys();
        FakeSts sts = new FakeSts(keys, role, "tenant-7");
        FakeAppFlow fake = new FakeAppFlow(keys, InstantSource.system()).define("contacts", "OnDemand");
        try (FakeServer stsServer = FakeServer.start(sts);
                FakeServer server = FakeServer.start(fake)) {
            AWSManager.Builder builder = AWSManager.builder()
                    .credentials(AwsKeys.ACCESS_KEY, Secret.of(AwsKeys.SECRET_KEY))
                    .region("eu-west-1")
                    .endpoint(server.uri())
                    .endpoint(AwsService.STS, stsServer.uri())
                    .attempts(1)
                    .assumeRole(role);
            try (AWSManager aws = builder.externalId("tenant-7").connect()) {
                assertThat(aws.flow("contacts").lastRun()).isEmpty();
                assertThat(aws.flow("contacts").start().executionId()).isPresent();
                assertThat(aws).asString().contains(role).doesNotContain("tenant-7", AwsKeys.SECRET_KEY);
            }
            assertThat(sts.assumed()).hasSize(1);
            assertThat(sts.assumed().get(0)).containsEntry("RoleSessionName", "keywharf");

            try (AWSManager stranger = builder.externalId("tenant-8").connect()) {
                assertThatThrownBy(() -> stranger.flow("contacts").lastRun())
                        .hasMessageContaining("may not assume the role")
                        .extracting(Object::toString)
                        .asString()
                        .endsWith("(aws.denied)")
                        .doesNotContain("tenant-8");
            }
        }
    }

    @Test
    void without_sts_the_error_of_a_web_identity_says_what_to_add() throws Exception {
        asInAPod();
        assertMissing("sts");
    }

    @Test
    void without_sso_the_error_of_a_profile_says_what_to_add() throws Exception {
        Files.writeString(folder.resolve("config"), """
                [default]
                sso_start_url = https://example.awsapps.com/start
                sso_region = eu-west-1
                sso_account_id = 1
                sso_role_name = reader
                """);
        assertMissing("sso");
    }

    @Test
    void without_sts_the_error_of_an_assumed_role_says_what_to_add() throws Exception {
        set("keywharf.test.role", "arn:aws:iam::1:role/reader");
        assertMissing("sts", "arn:aws:iam::1:role/reader");
    }

    @Test
    void without_sts_the_error_of_a_profile_with_a_role_says_what_to_add() throws Exception {
        Files.writeString(folder.resolve("config"), """
                [profile base]
                aws_access_key_id = AKIA
                aws_secret_access_key = secret

                [profile dev]
                role_arn = arn:aws:iam::1:role/dev
                source_profile = base
                """);
        set("keywharf.test.profile", "dev");
        assertMissing("sts");
    }

    @Test
    void a_module_of_another_version_is_like_none() throws Exception {
        set("keywharf.test.role", "arn:aws:iam::1:role/reader");
        Path source = Files.writeString(
                folder.resolve("StsClient.java"),
                "package software.amazon.awssdk.services.sts; public interface StsClient {}");
        ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", folder.toString(), source.toString());
        assertMissing("sts", "arn:aws:iam::1:role/reader", folder.toUri().toURL());
    }

    private static void assertMissing(String module) throws Exception {
        assertMissing(module, "s3://bucket/a");
    }

    private static void assertMissing(String module, String subject, URL... before) throws Exception {
        List<URL> others = new ArrayList<>(List.of(before));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!Path.of(entry).getFileName().toString().matches("(sts|sso|ssooidc)-[0-9].*")) {
                others.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> probe = loader.loadClass(Probe.class.getName());
            Thread.currentThread().setContextClassLoader(loader);
            assertThatThrownBy(() -> probe.getMethod("probe").invoke(null))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .hasMessageContaining("[" + subject + "]")
                    .hasMessageContaining("; add software.amazon.awssdk:" + module + ":" + VersionInfo.SDK_VERSION)
                    .extracting(Object::toString)
                    .asString()
                    .endsWith("(aws.no_module)");
        } finally {
            Thread.currentThread().setContextClassLoader(AwsCredentialsTest.class.getClassLoader());
        }
    }

    /** What a host does, in whichever class loader. */
    public static final class Probe {
        private Probe() {}

        /** Reads an object that the credentials of the properties, or the default ones, do not get to. */
        public static void probe() {
            AWSManager.Builder builder =
                    AWSManager.builder().region("eu-west-1").attempts(1);
            Optional.ofNullable(System.getProperty("keywharf.test.role")).ifPresent(builder::assumeRole);
            Optional.ofNullable(System.getProperty("keywharf.test.profile")).ifPresent(builder::profile);
            try (AWSManager aws = builder.connect()) {
                aws.store("bucket").readSmall("a");
            }
        }
    }
}
