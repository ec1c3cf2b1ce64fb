package io.github.keywharf.event;

import java.io.File;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Calls a type's {@code global()} on a class path that lacks a library. */
public final class MissingLibrary {

    private MissingLibrary() {}

    /** What it fails with. */
    public static Throwable failure(String library, Class<?> type) throws Exception {
        List<URL> others = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!Path.of(entry).getFileName().toString().contains(library)) {
                others.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            MethodHandles.publicLookup()
                    .findStatic(
                            loader.loadClass(type.getName()),
                            "global",
                            MethodType.methodType(loader.loadClass(MetricsListener.Meters.class.getName())))
                    .invoke();
            throw new AssertionError(library + " was found");
        } catch (AssertionError e) {
            throw e;
        } catch (Throwable failure) {
            return failure;
        }
    }
}
