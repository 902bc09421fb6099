package io.streamkeeper.server.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/** A file of the console in both codings. The arrays are never changed. */
final class ConsoleFile {
    private static final int TAG_BYTES = 12;

    private final String contentType;
    private final byte[] plain;
    private final byte[] gzip;
    private final String tag;

    ConsoleFile(String name, byte[] plain) {
        this.contentType = contentType(name);
        this.plain = plain;
        this.gzip = gzip(plain);
        this.tag = tag(plain);
    }

    private static String contentType(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "mjs" -> "text/javascript; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException("file " + name + " of the console has no content type");
        };
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream compressed = new GZIPOutputStream(out)) {
            compressed.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String tag(byte[] plain) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(plain);
            return HexFormat.of().formatHex(digest, 0, TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    String contentType() {
        return contentType;
    }

    byte[] bytes(boolean compressed) {
        return compressed ? gzip : plain;
    }

    /** The entity tag of one coding, in double quotes. */
    String entityTag(boolean compressed) {
        return '"' + tag + (compressed ? "-gzip" : "") + '"';
    }
}
