package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Catches refusals. */
final class Refusals {
    private Refusals() {}

    /** The refusal with which {@code parsing} ends; fails if it ends well. */
    static Refusal of(ThrowingCallable parsing) {
        RefusedException refused = catchThrowableOfType(RefusedException.class, parsing);
        if (refused == null) {
            throw new AssertionError("expected a refusal");
        }
        return refused.refusal();
    }
}
