package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.tls.TlsConfig;
import java.io.Console;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The command line of {@link FetchData}. */
final class FetchCommand {
    static final int DONE = 0;
    static final int INCOMPLETE = 1;
    static final int REFUSED = 2;
    private static final String REFUSED_RUN = "batch.fetch.refused";

    static final String PASSWORD = "KEYWHARF_PASSWORD";
    static final String DEFAULT_SERVER = "http://localhost:5000";

    private static final String USAGE = "Usage: fetchdata -u USER [options]";

    /** Lines that fit a terminal of 80 columns behind the name of the command. */
    private static final List<String> OPTIONS_SHOWN = List.of(
            USAGE,
            "  -u USER         tenant that uploads",
            "  -p PASSWORD     its password; else that of " + PASSWORD + ",",
            "                  else you are asked for it",
            "  -d DIRECTORY    directory to upload; else " + FetchData.Builder.DEFAULT_DIRECTORY,
            "  --server URL    server; else " + DEFAULT_SERVER,
            "  --trust FILE    certificates (PEM) of the authorities to trust",
            "  --plain-http    allows to send the password unencrypted",
            "  --help          shows this text");

    private static final Set<String> HELP = Set.of("help", "-h", "--help");
    private static final String COMMAND = "fetchdata";
    private static final String PLAIN_HTTP = "--plain-http";
    private static final Map<String, String> OPTIONS =
            Map.of("-u", "-u", "-p", "-p", "-d", "-d", "--d", "-d", "--server", "--server", "--trust", "--trust");
    private static final Set<String> WRONG_LOGIN = Set.of(
            "batch.login_refused", "batch.too_many_logins", "batch.plain_http", "batch.bad_input", "http.tls_failed");

    private FetchCommand() {}

    /** Runs the command, and returns its exit code. */
    static int run(
            String[] arguments,
            Map<String, String> environment,
            Supplier<Optional<Secret>> prompt,
            EventListener listener) {
        if (arguments.length == 1 && HELP.contains(arguments[0])) {
            OPTIONS_SHOWN.forEach(line -> listener.info("batch.fetch.help", Work.NONE, COMMAND, line));
            return DONE;
        }
        FetchData data;
        try {
            data = data(options(arguments), environment, prompt, listener);
        } catch (IllegalArgumentException e) {
            listener.error(REFUSED_RUN, Work.NONE, COMMAND, e.getMessage() + ". " + USAGE + "; --help lists them");
            return REFUSED;
        }
        try {
            return data.run().isComplete() ? DONE : INCOMPLETE;
        } catch (KeywharfException e) {
            listener.error(REFUSED_RUN, Work.NONE, e.subject(), shown(e));
            return WRONG_LOGIN.contains(e.code()) || e.code().startsWith("tls.") ? REFUSED : INCOMPLETE;
        }
    }

    /** What and why, with the code; the subject is shown by the event. */
    private static String shown(KeywharfException e) {
        return String.valueOf(e.getMessage()).replace("[" + e.subject() + "] ", "") + " (" + e.code() + ")";
    }

    private static FetchData data(
            Map<String, String> options,
            Map<String, String> environment,
            Supplier<Optional<Secret>> prompt,
            EventListener listener) {
        String user = options.get("-u");
        if (user == null) {
            throw new IllegalArgumentException("The user is missing");
        }
        try (Secret password = password(options, environment, prompt)) {
            FetchData.Builder builder = FetchData.builder(
                            server(options.getOrDefault("--server", DEFAULT_SERVER)), Organisation.of(user), password)
                    .directory(Path.of(options.getOrDefault("-d", FetchData.Builder.DEFAULT_DIRECTORY)))
                    .plainHttp(options.containsKey(PLAIN_HTTP))
                    .events(listener);
            if (options.containsKey("--trust")) {
                builder.tls(TlsConfig.ofSystem().withTrust(Path.of(options.get("--trust"))));
            }
            return builder.build();
        }
    }

    private static URI server(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("What follows --server is not a URL", e);
        }
    }

    private static Secret password(
            Map<String, String> options, Map<String, String> environment, Supplier<Optional<Secret>> prompt) {
        String given = options.getOrDefault("-p", environment.getOrDefault(PASSWORD, ""));
        return given.isEmpty()
                ? prompt.get().orElseThrow(() -> new IllegalArgumentException("The password is missing"))
                : Secret.of(given);
    }

    /** What follows each option; nothing that was given is quoted, for it may be a password. */
    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        Iterator<String> rest = Arrays.asList(arguments).iterator();
        for (int number = 1; rest.hasNext(); number++) {
            String argument = rest.next();
            if (argument.equals(PLAIN_HTTP)) {
                options.put(PLAIN_HTTP, "");
                continue;
            }
            String option = OPTIONS.get(argument);
            if (option == null) {
                throw new IllegalArgumentException("Argument " + number + " is not an option of the command");
            }
            if (!rest.hasNext()) {
                throw new IllegalArgumentException("Nothing follows " + option);
            }
            if (options.put(option, rest.next()) != null) {
                throw new IllegalArgumentException("The option " + option + " is given twice");
            }
        }
        return options;
    }

    /** Asks at the terminal, where there is one. */
    static Optional<Secret> askedFor() {
        return askedAt(System.console());
    }

    private static Optional<Secret> askedAt(@Nullable Console console) {
        char[] typed = console == null ? null : console.readPassword("Password: ");
        if (typed == null || typed.length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Secret.of(typed));
        } finally {
            PasswordHash.wipe(typed);
        }
    }
}
