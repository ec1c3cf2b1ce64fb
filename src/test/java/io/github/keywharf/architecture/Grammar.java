package io.github.keywharf.architecture;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Rules of builders, managers and queries. Each returns the faults that it finds among the given types. */
final class Grammar {
    private static final Set<String> TERMINALS = Set.of("build", "connect", "open", "start");

    /** Settings whose secret is not used to log in, or is only part of a login. */
    private static final Map<String, String> NOT_A_LOGIN = Map.of(
            "AWSManager.Builder.sessionToken", "belongs to the key pair of credentials(…)",
            "CassandraManager.Builder.clientCertificate", "the secret opens the key's file",
            "CassandraManager.Builder.pageTokenKey", "seals tokens of pages",
            "DeltaSharingServer.Builder.signingKey", "seals addresses of files");

    /** Limits of others, or of something else than attempts. */
    private static final Map<String, String> OTHER_WAITS =
            Map.of("TotesysPipeline.Builder.lockWait", "limits the wait for locked tables, not attempts");

    private static final Map<String, String> WITHOUT_A_TRY =
            Map.of("AWSManager.Builder", "the SDK's chain looks for a region in the network");

    private static final Map<String, String> NOT_A_QUERY = Map.of("NewEntryQuery", "is the text of a query");

    /** Steps of values and seams that pass on a component of a public record, which is an Optional. */
    private static final Map<String, String> TAKES_WHAT_IT_HOLDS =
            Map.of("WarehouseLoad.load", "rows that came late, as a batch holds them");

    private static final Pattern LOGIN = Pattern.compile(".*(Credentials|CredentialsProvider|Login|Auth)");
    private static final Pattern DEFAULT = Pattern.compile("public static final \\w+ (DEFAULT_\\w+) =\\s+([^;]+);");

    private Grammar() {}

    /** Public types of the library, nested ones included. */
    static List<Class<?>> publicTypes() {
        return types().stream().filter(Grammar::isVisible).toList();
    }

    /** All named types of the library. */
    static List<Class<?>> types() {
        Path classes = Path.of("target/classes");
        try (Stream<Path> files = Files.walk(classes)) {
            List<Class<?>> found = new ArrayList<>();
            for (String file : files.map(each -> classes.relativize(each).toString())
                    .filter(each -> each.endsWith(".class") && !each.endsWith("-info.class"))
                    .sorted()
                    .toList()) {
                String name =
                        file.substring(0, file.length() - ".class".length()).replace('/', '.');
                found.add(Class.forName(name.replace('\\', '.'), false, Grammar.class.getClassLoader()));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return !type.isAnonymousClass()
                && Modifier.isPublic(type.getModifiers())
                && (outer == null || isVisible(outer))
                && !type.getPackageName().contains(".internal");
    }

    /** Setters are called after what they take: events, clock, http, credentials, timeout, patience, parallelism. */
    static List<String> settingsHaveOneName(List<Class<?>> types) {
        List<String> faults = new ArrayList<>();
        for (Class<?> type : types) {
            for (Method setter : setters(type)) {
                String place = name(type) + "." + setter.getName();
                wanted(setter, place)
                        .filter(name -> !name.equals(setter.getName()))
                        .ifPresent(name -> faults.add(place + " should be called " + name));
            }
        }
        return faults;
    }

    private static Optional<String> wanted(Method setter, String place) {
        Class<?>[] takes = setter.getParameterTypes();
        List<Class<?>> all = List.of(takes);
        String name = setter.getName();
        if (all.equals(List.of(EventListener.class))) {
            return Optional.of("events");
        }
        if (takes.length > 0 && takes[0] == InstantSource.class) {
            return Optional.of("clock");
        }
        if (all.equals(List.of(HttpHandler.class))) {
            return Optional.of("http");
        }
        if (setter.getDeclaringClass().getSimpleName().equals("Builder")
                && !NOT_A_LOGIN.containsKey(place)
                && (all.contains(Secret.class)
                        || (takes.length == 1
                                && LOGIN.matcher(takes[0].getSimpleName()).matches()))) {
            return Optional.of("credentials");
        }
        if (all.equals(List.of(Duration.class))) {
            return ofDuration(name, place);
        }
        if (all.equals(List.of(int.class)) && name.matches("threads|workers|concurrency|parallel.*|.*[iI]nFlight")) {
            return Optional.of("parallelism");
        }
        return Optional.empty();
    }

    private static Optional<String> ofDuration(String name, String place) {
        if (name.matches("(.*[tT]imeout|deadline)") && !name.equals("connectTimeout")) {
            return Optional.of("timeout");
        }
        boolean waits = name.matches("(.*[wW]ait|retryFor|.*[pP]atience)");
        return waits && !OTHER_WAITS.containsKey(place) ? Optional.of("patience") : Optional.empty();
    }

    /** Public methods that return their own type, as setters of builders do. */
    private static List<Method> setters(Class<?> type) {
        return Stream.of(type.getDeclaredMethods())
                .filter(each -> Modifier.isPublic(each.getModifiers()) && !Modifier.isStatic(each.getModifiers()))
                .filter(each -> each.getReturnType() == type && !each.isSynthetic())
                .toList();
    }

    /** A builder without a required setting ends with an IllegalStateException that names the call. */
    static List<String> missingSettingsAreNamed(List<Class<?>> types) throws Exception {
        List<String> faults = new ArrayList<>();
        for (Class<?> type : types) {
            for (Method factory : type.getDeclaredMethods()) {
                Class<?> builder = factory.getReturnType();
                if (Modifier.isPublic(factory.getModifiers())
                        && Modifier.isStatic(factory.getModifiers())
                        && factory.getParameterCount() == 0
                        && builder.getSimpleName().equals("Builder")
                        && builder.getEnclosingClass() == type
                        && !WITHOUT_A_TRY.containsKey(name(builder))) {
                    for (Method terminal : builder.getDeclaredMethods()) {
                        if (TERMINALS.contains(terminal.getName()) && terminal.getParameterCount() == 0) {
                            tryWithoutSettings(builder, factory.invoke(null), terminal)
                                    .ifPresent(faults::add);
                        }
                    }
                }
            }
        }
        return faults;
    }

    private static Optional<String> tryWithoutSettings(Class<?> builder, Object empty, Method terminal)
            throws Exception {
        try {
            if (terminal.invoke(empty) instanceof AutoCloseable opened) {
                opened.close();
            }
            return Optional.empty();
        } catch (InvocationTargetException e) {
            String message = String.valueOf(e.getCause().getMessage());
            boolean isNamed = setters(builder).stream().anyMatch(each -> message.contains(" " + each.getName() + "("));
            return e.getCause() instanceof IllegalStateException && isNamed
                    ? Optional.empty()
                    : Optional.of(name(builder) + "." + terminal.getName() + "() ended with " + e.getCause());
        }
    }

    /** No type keeps a builder with setters, which its caller may change later. */
    static List<String> noBuilderIsKept(List<Class<?>> types) {
        List<String> faults = new ArrayList<>();
        for (Class<?> type : types) {
            for (Field field : type.getDeclaredFields()) {
                Class<?> kept = field.getType();
                if (kept.getSimpleName().equals("Builder")
                        && kept.getName().startsWith("io.github.keywharf.")
                        && !setters(kept).isEmpty()) {
                    faults.add(name(type) + "." + field.getName() + " keeps a " + name(kept));
                }
            }
        }
        return faults;
    }

    /** Each query has rows(), table() and records(Class). */
    static List<String> queriesHaveOneShape(List<Class<?>> types) {
        List<String> faults = new ArrayList<>();
        for (Class<?> type : types) {
            if (!type.getSimpleName().endsWith("Query") || NOT_A_QUERY.containsKey(type.getSimpleName())) {
                continue;
            }
            require(faults, type, "rows", Rows.class);
            require(faults, type, "table", Table.class);
            require(faults, type, "records", Stream.class, Class.class);
        }
        return faults;
    }

    private static void require(List<String> faults, Class<?> type, String name, Class<?> result, Class<?>... takes) {
        try {
            if (!result.isAssignableFrom(type.getMethod(name, takes).getReturnType())) {
                faults.add(name(type) + "." + name + " does not return " + result.getSimpleName());
            }
        } catch (NoSuchMethodException e) {
            faults.add(name(type) + " has no " + name + "()");
        }
    }

    /** No public method or constructor takes an Optional; records that users read are excepted. */
    static List<String> optionalIsReturnedOnly(List<Class<?>> types) {
        List<String> faults = new ArrayList<>();
        for (Class<?> type : types) {
            Stream<Executable> constructors =
                    type.isRecord() ? Stream.empty() : Stream.of(type.getDeclaredConstructors());
            Stream.concat(constructors, Stream.of(type.getDeclaredMethods()))
                    .filter(each -> Modifier.isPublic(each.getModifiers()) && !each.isSynthetic())
                    .filter(each -> List.of(each.getParameterTypes()).contains(Optional.class))
                    .map(each -> name(type) + "." + each.getName())
                    .filter(place -> !TAKES_WHAT_IT_HOLDS.containsKey(place))
                    .forEach(place -> faults.add(place + " takes an Optional"));
        }
        return faults;
    }

    /** Public methods by which a closeable type returns another one of its type: views of what they share. */
    static List<String> views(List<Class<?>> types) {
        return types.stream()
                .filter(AutoCloseable.class::isAssignableFrom)
                .filter(type -> !type.isInterface())
                .flatMap(type -> setters(type).stream().map(view -> name(type) + "." + view.getName()))
                .sorted()
                .distinct()
                .toList();
    }

    /** Constants of one name in one package whose value is written down twice. */
    static List<String> defaultsWrittenTwice(Path sources) throws IOException {
        Map<String, String> places = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                Matcher constant = DEFAULT.matcher(Files.readString(file));
                while (constant.find()) {
                    String value = constant.group(2);
                    String key = file.getParent() + " " + constant.group(1) + " = " + value;
                    String before = places.put(key, file.getFileName().toString());
                    if (before != null && !value.matches("[\\w.]+\\.DEFAULT_\\w+")) {
                        faults.add(constant.group(1) + " of " + before + " and " + file.getFileName() + " is " + value);
                    }
                }
            }
        }
        return faults;
    }

    private static String name(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    }
}
