package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private static void assertMissing(String module) throws Exception {
        List<URL> others = new ArrayList<>();
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
                    .hasMessageContaining("[s3://bucket/a]")
                    .hasMessageContaining("add software.amazon.awssdk:" + module + ", in the version")
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

        /** Reads an object that the default credentials do not get to. */
        public static void probe() {
            try (AWSManager aws =
                    AWSManager.builder().region("eu-west-1").attempts(1).connect()) {
                aws.store("bucket").readSmall("a");
            }
        }
    }
}
