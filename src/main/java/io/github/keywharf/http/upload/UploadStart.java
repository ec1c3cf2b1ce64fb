package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpRequest;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An upload that asks to begin.
 *
 * @param owner who uploads, as the host calls them
 * @param name of the file, as the host has read it from the request
 * @param length bytes that the client declares, where it does
 * @param sha256 of the whole content that the client declares, where it does: 64 lower-case hexadecimal digits
 * @param request that asks for it; its body is not to be read
 */
public record UploadStart(
        String owner, String name, OptionalLong length, Optional<String> sha256, HttpRequest request) {}
