package io.streamkeeper.server.metrics;

import io.streamkeeper.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of requests that metrics distinguish: a slot for each status of success, one for all other statuses, and
 * one for each error code.
 */
final class Outcomes {
    private static final int OTHER_SLOT = 4;
    private static final int FIRST_REFUSAL_SLOT = 5;

    private Outcomes() {}

    @SuppressWarnings("EnumOrdinal")
    static int slot(int status, @Nullable ErrorCode code) {
        if (code != null) {
            return FIRST_REFUSAL_SLOT + code.ordinal();
        }
        return switch (status) {
            case 200 -> 0;
            case 201 -> 1;
            case 204 -> 2;
            case 304 -> 3;
            default -> OTHER_SLOT;
        };
    }

    /** The labels {@code status} and {@code code} of each slot, in their order. */
    static List<List<String>> labels() {
        List<List<String>> labels = new ArrayList<>();
        for (String status : List.of("200", "201", "204", "304", "other")) {
            labels.add(List.of(status, ""));
        }
        for (ErrorCode code : ErrorCode.values()) {
            labels.add(List.of(Integer.toString(code.status()), code.code()));
        }
        return labels;
    }
}
