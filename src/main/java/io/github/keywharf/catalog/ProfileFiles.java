package io.github.keywharf.catalog;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OwnerOnly;
import io.github.keywharf.secret.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads and writes files with profiles. */
final class ProfileFiles {
    private ProfileFiles() {}

    static ShareProfile read(Path file) {
        String subject = file.toString();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(ShareProfile.MAX_BYTES + 1);
        } catch (IOException e) {
            throw new KeywharfException("catalog.bad_profile", subject, problem(file, e), e);
        }
        try {
            if (bytes.length > ShareProfile.MAX_BYTES) {
                throw new KeywharfException(
                        "catalog.bad_profile",
                        subject,
                        "It has more than " + ShareProfile.MAX_BYTES + " bytes; check that it is a profile");
            }
            try (Secret json = Secret.of(new String(bytes, StandardCharsets.UTF_8))) {
                return ProfileJson.parse(subject, json);
            }
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static String problem(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "There is no such file; check the path";
        }
        return Files.isDirectory(file)
                ? "It is a directory; give the path of the profile's file"
                : "It cannot be read; check its rights";
    }

    static void write(ShareProfile profile, Path file) {
        try (Secret json = profile.json()) {
            OwnerOnly.write(file, json.reveal().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new KeywharfException(
                    "catalog.profile_not_written",
                    file.toString(),
                    "It cannot be written; check that its folder is there, and its rights",
                    e);
        }
    }
}
