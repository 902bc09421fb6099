package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {
    /** The protocol has names of its own for what concerns subscriptions, in upper case (sections 6 and 7). */
    private static final Set<String> OF_THE_PROTOCOL = Set.of(
            "INVALID_REQUEST",
            "WEBHOOK_URL_REJECTED",
            "TOKEN_INVALID",
            "TOKEN_EXPIRED",
            "SUBSCRIPTION_NOT_FOUND",
            "SUBSCRIPTION_ALREADY_EXISTS",
            "FENCED",
            "ALREADY_CLAIMED",
            "NO_PENDING_WORK",
            "INVALID_OFFSET");

    @Test
    void everyOtherCodeIsItsNameInLowerCase() {
        Set<String> ofTheProtocol = new HashSet<>();
        for (ErrorCode code : ErrorCode.values()) {
            if (OF_THE_PROTOCOL.contains(code.code())) {
                ofTheProtocol.add(code.code());
            } else {
                assertThat(code.code()).isEqualTo(code.name().toLowerCase(Locale.ROOT));
            }
        }
        assertThat(ofTheProtocol).isEqualTo(OF_THE_PROTOCOL);
    }

    @Test
    void everyStatusIsAnErrors() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(code.status()).isBetween(400, 599);
        }
    }
}
