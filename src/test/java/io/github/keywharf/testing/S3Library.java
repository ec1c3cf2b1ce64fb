package io.github.keywharf.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * s3proxy, called by name: in this build it has a class path of its own, {@code s3.classpath}, as its Jetty, AWS SDK and
 * Jackson are others than ours. Elsewhere it is on the class path of the tests.
 */
final class S3Library {
    private static final ClassLoader LOADER = loader();

    private S3Library() {}

    /** An object of s3proxy, with the type that declares its methods. */
    record Instance(Class<?> type, Object object) {
        /** Calls the method that has this name and takes these arguments; what returns nothing gives the object itself. */
        Object call(String name, Object... arguments) throws ReflectiveOperationException {
            for (Method method : type.getMethods()) {
                if (method.getName().equals(name) && takes(method.getParameterTypes(), arguments)) {
                    Object result = method.invoke(object, arguments);
                    return result == null ? object : result;
                }
            }
            throw new NoSuchMethodException(type + " has no method " + name);
        }

        private static boolean takes(Class<?>[] parameters, Object[] arguments) {
            return parameters.length == arguments.length
                    && IntStream.range(0, arguments.length)
                            .allMatch(i -> MethodType.methodType(parameters[i])
                                    .wrap()
                                    .returnType()
                                    .isInstance(arguments[i]));
        }
    }

    /** A store in memory. */
    static Instance memory() {
        try {
            return store(
                    type("nio2blob.TransientNio2BlobStore").getConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw unusable(e);
        }
    }

    /** A store in a directory. */
    static Instance files(Path directory) {
        try {
            return store(type("nio2blob.FilesystemNio2BlobStore")
                    .getConstructor(String.class)
                    .newInstance(directory.toString()));
        } catch (ReflectiveOperationException e) {
            throw unusable(e);
        }
    }

    private static Instance store(Object store) throws ReflectiveOperationException {
        return new Instance(type("blobstore.BlobStore"), store);
    }

    /** A server that is not started. */
    static Instance server(Instance blobs, URI endpoint, String accessKey, String secretKey) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Its threads inherit it, and look for parsers of XML there.
        thread.setContextClassLoader(LOADER);
        try {
            Class<?> proxy = type("S3Proxy");
            Object built = proxy.getMethod("builder").invoke(null);
            Instance builder = new Instance(built.getClass(), built);
            Object signatures =
                    type("auth.AuthenticationType").getField("AWS_V4").get(null);
            builder.call("blobStore", blobs.object());
            builder.call("endpoint", endpoint);
            builder.call("awsAuthentication", signatures, accessKey, secretKey);
            builder.call("ignoreUnknownHeaders", true);
            return new Instance(proxy, builder.call("build"));
        } catch (ReflectiveOperationException e) {
            throw unusable(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName("org.gaul.s3proxy." + name, true, LOADER);
    }

    private static IllegalStateException unusable(ReflectiveOperationException e) {
        return new IllegalStateException(
                "[s3] s3proxy cannot be used; add org.gaul:s3proxy:4.1.0, or run ./mvnw generate-test-resources", e);
    }

    private static ClassLoader loader() {
        if (S3Library.class.getResource("/s3.classpath") == null) {
            return S3Library.class.getClassLoader();
        }
        try {
            List<URL> jars = new ArrayList<>();
            for (String jar : VendorProgram.classPath("/s3.classpath").split(File.pathSeparator)) {
                jars.add(Path.of(jar).toUri().toURL());
            }
            return new URLClassLoader(jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        } catch (MalformedURLException e) {
            throw new IllegalStateException("[s3] s3.classpath names no file", e);
        } catch (IOException e) {
            throw new UncheckedIOException("[s3] s3.classpath cannot be read", e);
        }
    }
}
