package io.github.keywharf.testing.salesforce;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * Runs jsforce, a client that is not ours, against the fake over a port: {@code ./mvnw -q -Pjsforce}. Needs node and npm. The
 * arguments are the folder of the script and one to install jsforce in.
 */
public final class JsforceCheck {
    private static final int CONTACTS = 5_200;

    private JsforceCheck() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = install(Path.of(arguments[0]), Path.of(arguments[1]));
        FakeSalesforce fake = new FakeSalesforce();
        for (int i = 1; i <= CONTACTS; i++) {
            fake.insert("Contact", Map.of("LastName", "Name " + i, "Score__c", i));
        }
        fake.fault(FakeFault.on("GET /query/{locator}").after(1).expireTokens());
        try (FakeSalesforceServer server = FakeSalesforceServer.start(fake)) {
            run(
                    folder,
                    Map.of(
                            "FAKE_URL",
                            server.uri().toString(),
                            "FAKE_CLIENT_ID",
                            FakeSalesforce.CLIENT_ID,
                            "FAKE_CLIENT_SECRET",
                            FakeSalesforce.CLIENT_SECRET,
                            "FAKE_USERNAME",
                            FakeSalesforce.USERNAME,
                            "FAKE_PASSWORD",
                            FakeSalesforce.PASSWORD + FakeSalesforce.SECURITY_TOKEN,
                            "FAKE_REFRESH_TOKEN",
                            fake.refreshToken(),
                            "FAKE_CONTACTS",
                            Integer.toString(CONTACTS)),
                    "node",
                    "check.js");
        }
        // A login, one refused, client credentials, a refresh token, and one more login for the session that expired.
        int logins = fake.calls("POST /services/oauth2/token");
        if (logins != 5) {
            throw new IllegalStateException("jsforce asked " + logins + " times for a token, not 5 times");
        }
    }

    /**
     * Copies the scripts into a folder, and installs jsforce there.
     *
     * @return the folder
     * @throws IOException when there is no npm
     * @throws IllegalStateException when npm cannot install it
     */
    public static Path install(Path scripts, Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        for (String name : List.of("package.json", "check.js", "query.js")) {
            Files.copy(scripts.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        run(
                folder,
                Map.of(),
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--no-package-lock",
                "--prefer-offline");
        return folder;
    }

    private static void run(Path folder, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).inheritIO();
        builder.environment().putAll(environment);
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + status);
        }
    }
}
