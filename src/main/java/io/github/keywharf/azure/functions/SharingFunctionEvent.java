package io.github.keywharf.azure.functions;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;

/** What a {@link SharingFunction} reports besides what its parts report. */
public sealed interface SharingFunctionEvent extends Event {

    /**
     * The configuration could not be read; requests are answered with 503 until it can.
     *
     * @param failure why
     */
    record NotReady(KeywharfException failure) implements SharingFunctionEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String subject() {
            return failure.subject();
        }

        @Override
        public String message() {
            return "The configuration cannot be read: " + failure.getMessage() + " (" + failure.code() + ")";
        }
    }
}
