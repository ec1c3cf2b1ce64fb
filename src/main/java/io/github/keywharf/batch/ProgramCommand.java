package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The command line of a program: what is found where, and which limits are set before it starts. */
final class ProgramCommand {

    static final boolean HAS_SHELL = File.separatorChar == '/';

    /** The unit of {@code ulimit -f} in a POSIX shell. */
    static final long BLOCK = 512;

    private static final long KIBIBYTE = 1_024;

    private static final int MAX_SHOWN = 200;

    /** Sets the limits and becomes the program. All that varies comes as an argument, so that nothing of it is interpreted. */
    private static final String LIMITED =
            "[ \"$1\" = 0 ] || ulimit -v \"$1\" || exit 126; [ \"$2\" = 0 ] || ulimit -f \"$2\" || exit 126; shift 2;"
                    + " exec \"$@\"";

    private ProgramCommand() {}

    static void check(List<String> command) {
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw new IllegalArgumentException("A command needs a program");
        }
        if (isRelative(command.get(0))) {
            throw new IllegalArgumentException(
                    "The program '" + command.get(0)
                            + "' is a relative path, which depends on where the host runs; give an absolute one, or a name that is in PATH");
        }
        for (String argument : command) {
            if (argument.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("An argument of the program has a zero character in it");
            }
        }
    }

    private static boolean isRelative(String program) {
        return HAS_SHELL && program.indexOf('/') >= 0 && !program.startsWith("/");
    }

    /**
     * The whole command line.
     *
     * @param path the variable PATH that the program will have
     * @throws KeywharfException with code {@code batch.no_program}
     */
    static List<String> of(ProgramSettings settings, String path, Path file, Path work) {
        List<String> line = new ArrayList<>();
        for (String argument : settings.launcher()) {
            // The file last: only its name is a tenant's, and may have anything in it.
            line.add(argument.replace("{work}", work.toString()).replace("{file}", file.toString()));
        }
        if (settings.maxMemory() > 0 || settings.maxFile() > 0) {
            line.addAll(List.of(
                    "/bin/sh",
                    "-c",
                    LIMITED,
                    "sh",
                    String.valueOf(settings.maxMemory() / KIBIBYTE),
                    String.valueOf(settings.maxFile() / BLOCK)));
        }
        // A launcher may start it where other files are.
        List<String> command = settings.command();
        line.add(settings.launcher().isEmpty() ? found(command.get(0), path) : command.get(0));
        line.addAll(command.subList(1, command.size()));
        line.add(file.toString());
        line.set(0, found(line.get(0), path));
        return line;
    }

    private static String found(String program, String path) {
        if (!HAS_SHELL) {
            return program;
        }
        if (program.startsWith("/")) {
            return executable(program, Path.of(program));
        }
        for (String directory : path.split(Pattern.quote(File.pathSeparator), -1)) {
            Path file = Path.of(directory, program);
            if (directory.startsWith("/") && Files.isRegularFile(file) && Files.isExecutable(file)) {
                return file.toString();
            }
        }
        throw missing(program, "is not among the programs in " + path + "; install it, or give its absolute path");
    }

    private static String executable(String program, Path file) {
        if (!Files.isRegularFile(file)) {
            throw missing(program, "does not exist; install it, or correct the command");
        }
        if (!Files.isExecutable(file)) {
            throw missing(program, "is not executable; set its mode, or name the interpreter that runs it first");
        }
        return program;
    }

    static KeywharfException missing(String program, String problem) {
        return new KeywharfException("batch.no_program", Cut.printable(program, MAX_SHOWN), "The program " + problem);
    }
}
