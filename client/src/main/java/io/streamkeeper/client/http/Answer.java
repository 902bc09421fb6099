package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.Page;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Refusal.ProducerConflict;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server's complete response to one request. Immutable. */
final class Answer {
    private static final int SECONDS_DIGITS_MAX = 9;
    private static final int NUMBER_DIGITS_MAX = 16;
    private static final int MESSAGE_LENGTH_MAX = 1_000;

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    Answer(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    int status() {
        return status;
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    @Nullable
    String field(String name) {
        return headers.firstValue(name).orElse(null);
    }

    boolean isTrue(String name) {
        return "true".equalsIgnoreCase(field(name));
    }

    /** The content type of the response, or {@code otherwise} if it has no valid one. */
    ContentType contentType(ContentType otherwise) {
        String text = field("Content-Type");
        try {
            return text == null ? otherwise : ContentType.parse(text);
        } catch (RefusedException e) {
            return otherwise;
        }
    }

    /** The metadata in the response to a HEAD (section 5.5). Missing or invalid fields have their defaults. */
    StreamMetadata metadata() {
        String nextOffset = field("Stream-Next-Offset");
        String earliestOffset = field("Stream-Earliest-Offset");
        return new StreamMetadata(
                contentType(ContentType.OCTET_STREAM).value(),
                nextOffset == null ? ReadStart.NOW : nextOffset,
                earliestOffset == null ? ReadStart.BEGINNING : earliestOffset,
                isTrue("Stream-Closed"),
                expiry(),
                retention(),
                metadataTag(),
                moment("Stream-Last-Append-At"));
    }

    private @Nullable Instant moment(String name) {
        String text = field(name);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private @Nullable String metadataTag() {
        String text = field("Stream-Metadata-Tag");
        if (text == null || text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
            return null;
        }
        return text.substring(1, text.length() - 1);
    }

    private Expiry expiry() {
        try {
            return Expiry.parse(field("Stream-TTL"), field("Stream-Expires-At"));
        } catch (RefusedException e) {
            return Expiry.never();
        }
    }

    private Retention retention() {
        try {
            return Retention.parse(
                    field("Stream-Retention-Max-Age"),
                    field("Stream-Retention-Max-Bytes"),
                    field("Stream-Retention-Max-Messages"));
        } catch (RefusedException e) {
            return Retention.none();
        }
    }

    /**
     * The batch in the response to a long-poll (section 5.7).
     *
     * @param from where the poll began
     * @param otherwise the stream's type, for a response without one
     * @throws StreamException.Invalid if the response has data without the offset after it
     */
    Batch batch(From from, ContentType otherwise) {
        String nextOffset = field("Stream-Next-Offset");
        if (nextOffset == null && body.length > 0) {
            throw new StreamException.Invalid(
                    BatchAssembler.INVALID_ANSWER,
                    status,
                    "the server's answer has data but no Stream-Next-Offset: it is not of this protocol");
        }
        ContentType type = body.length == 0 ? otherwise : contentType(otherwise);
        return new Batch(
                type,
                type.isJson() ? JsonArrays.join(List.of(body)) : body,
                nextOffset == null ? from.offset() : nextOffset,
                isTrue("Stream-Up-To-Date") || isTrue("Stream-Closed"),
                isTrue("Stream-Closed"));
    }

    /** The body. */
    byte[] body() {
        return body;
    }

    /**
     * The page in the response to a read of a part of a stream.
     *
     * @throws StreamException.Invalid if the response has no such page, because the server does not know parts
     */
    Page page() {
        boolean atBeginning = isTrue("Stream-Beginning");
        String startOffset = atBeginning ? ReadStart.BEGINNING : field("Stream-Previous-Offset");
        if (startOffset == null) {
            throw new StreamException.Invalid(
                    BatchAssembler.INVALID_ANSWER,
                    status,
                    "the server does not read parts of streams: its answer has no Stream-Previous-Offset");
        }
        return new Page(batch(From.offset(startOffset), ContentType.OCTET_STREAM), startOffset, atBeginning);
    }

    /**
     * The failure that an error response reports. Our server describes it in the body; for another server, the status
     * decides, and the message contains the body's text if it is short.
     *
     * @param request the request, such as {@code GET http://…}
     * @param codeIfNone the code for a response that contains none, or null
     */
    StreamException failure(String request, @Nullable String codeIfNone) {
        Map<String, String> fields = errorFields();
        String code = fields.getOrDefault("error.code", codeIfNone);
        String message = fields.get("error.message");
        if (message == null) {
            String text = new String(body, StandardCharsets.UTF_8).strip();
            boolean isShort = !text.isEmpty() && text.length() <= MESSAGE_LENGTH_MAX;
            message = request + " was answered " + status + (isShort ? ": " + text : "");
        }
        return StreamException.ofAnswer(status, code, message, field("Stream-Earliest-Offset"), retryAfter());
    }

    /** The fields of the body; none if it is not JSON, which the errors of another server need not be. */
    private Map<String, String> errorFields() {
        try {
            return JsonFields.read(body);
        } catch (IOException e) {
            return Map.of();
        }
    }

    /**
     * The failure that an error response to a write reports, as the subclass for its code. The headers that the
     * protocol requires decide for a server whose errors have no code.
     *
     * @param request the request, such as {@code POST http://…}
     */
    StreamException writeFailure(String request) {
        boolean isDeleted = status == ErrorCode.STREAM_DELETED.status();
        StreamException plain = failure(request, isDeleted ? ErrorCode.STREAM_DELETED.code() : null);
        ErrorCode code = codeOf(plain);
        if (code == null || plain instanceof StreamException.Unavailable) {
            return plain;
        }
        ProducerConflict producer = new ProducerConflict(
                number("Producer-Epoch"), number("Producer-Expected-Seq"), number("Producer-Received-Seq"));
        return StreamException.of(new Refusal(
                code,
                String.valueOf(plain.getMessage()),
                offset("Stream-Next-Offset"),
                isTrue("Stream-Closed"),
                producer,
                offset("Stream-Earliest-Offset"),
                metadataTag(),
                code == ErrorCode.ALREADY_CLAIMED ? lease() : null));
    }

    /** Who holds the lease of a subscription, as the body of a refusal says; null if it does not. */
    private Refusal.@Nullable Lease lease() {
        Map<String, String> fields = errorFields();
        String holder = fields.get("error.current_holder");
        return holder == null ? null : new Refusal.Lease(holder, wholeNumber(fields.get("error.generation")));
    }

    private @Nullable ErrorCode codeOf(StreamException failure) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.code().equals(failure.code()) && code.status() == status) {
                return code;
            }
        }
        if (status == ErrorCode.STREAM_CLOSED.status() && isTrue("Stream-Closed")) {
            return ErrorCode.STREAM_CLOSED;
        }
        if (status == ErrorCode.PRODUCER_SEQUENCE_GAP.status() && field("Producer-Expected-Seq") != null) {
            return ErrorCode.PRODUCER_SEQUENCE_GAP;
        }
        boolean isFenced = status == ErrorCode.STALE_PRODUCER_EPOCH.status() && field("Producer-Epoch") != null;
        return isFenced ? ErrorCode.STALE_PRODUCER_EPOCH : null;
    }

    /** The value of a header that is a whole number; -1 if it has none. */
    long number(String name) {
        return wholeNumber(field(name));
    }

    private static long wholeNumber(@Nullable String text) {
        return text == null || !text.matches("[0-9]{1," + NUMBER_DIGITS_MAX + "}") ? -1 : Digits.toLong(text);
    }

    private @Nullable Offset offset(String name) {
        String text = field(name);
        try {
            return text == null ? null : Offset.parse(text);
        } catch (RefusedException e) {
            return null;
        }
    }

    private @Nullable Duration retryAfter() {
        String seconds = field("Retry-After");
        if (seconds == null || !seconds.matches("[0-9]{1," + SECONDS_DIGITS_MAX + "}")) {
            return null;
        }
        return Duration.ofSeconds(Digits.toLong(seconds));
    }
}
