package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Target;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The requests of a workload. The paths of its streams are unique to the run. */
final class Requests {
    private static final String JSON = "application/json";
    private static final String BYTES = "application/octet-stream";
    private static final String TEXT = "text/plain";

    private final String path;
    private final String number;
    private final String type;
    private final Spec spec;

    private Requests(Target target, String name, String number, String type, Spec spec) {
        this.path = target.root() + "bench-" + name + "-" + Long.toString(System.nanoTime(), Character.MAX_RADIX) + "-";
        this.number = number;
        this.type = type;
        this.spec = spec;
    }

    /** Requests for streams of bytes, or of JSON messages if an append has several. */
    static Requests of(Target target, String name, Spec spec) {
        return of(target, name, NumberedRequest.NUMBER, spec);
    }

    /** The same for paths of two segments, of which the second has the last four digits of the number. */
    static Requests grouped(Target target, String name, Spec spec) {
        return of(target, name, NumberedRequest.GROUPED_NUMBER, spec);
    }

    private static Requests of(Target target, String name, String number, Spec spec) {
        return new Requests(target, name, number, spec.batch() > 1 ? JSON : BYTES, spec);
    }

    /** Requests for streams of text, which events contain without encoding. */
    static Requests ofText(Target target, String name, Spec spec) {
        return new Requests(target, name, NumberedRequest.NUMBER, TEXT, spec);
    }

    /** The path of a stream. */
    String path(int stream) {
        String digits = String.format(Locale.ROOT, "%0" + NumberedRequest.DIGITS + "d", stream);
        int slash = number.indexOf('/');
        return path + (slash < 0 ? digits : digits.substring(0, slash) + "/" + digits.substring(slash));
    }

    NumberedRequest create() {
        return create(new byte[0]);
    }

    NumberedRequest create(byte[] body) {
        return new NumberedRequest("PUT", path, number, "", contentType(), body);
    }

    NumberedRequest append() {
        return appendByProducer(body());
    }

    /** Appends with the headers of an idempotent producer, if there are producers. */
    NumberedRequest appendByProducer(byte[] body) {
        String producer =
                spec.producers() ? "Producer-Id: bench\r\nProducer-Epoch: 0\r\n" + NumberedRequest.sequenceField() : "";
        return new NumberedRequest("POST", path, number, "", contentType() + producer, body);
    }

    NumberedRequest append(byte[] body) {
        return new NumberedRequest("POST", path, number, "", contentType(), body);
    }

    /** Reads a stream from its beginning. */
    NumberedRequest read() {
        return new NumberedRequest("GET", path, number, "?offset=-1", "", new byte[0]);
    }

    NumberedRequest delete() {
        return new NumberedRequest("DELETE", path, number, "", "", new byte[0]);
    }

    private String contentType() {
        return "Content-Type: " + type + "\r\n";
    }

    /** A JSON array of the messages of an append, or bytes if it has one. */
    private byte[] body() {
        if (spec.batch() == 1) {
            return NumberedRequest.body(spec.bodyBytes());
        }
        int each = Math.max(1, spec.bodyBytes() / spec.batch() - 3);
        String message = "\"" + "x".repeat(each) + "\"";
        String array = "[" + (message + ",").repeat(spec.batch() - 1) + message + "]";
        return array.getBytes(StandardCharsets.US_ASCII);
    }
}
