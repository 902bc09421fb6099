package io.streamkeeper.server.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blocks of a PEM file (RFC 7468): lines of base64 between {@code -----BEGIN label-----} and {@code -----END
 * label-----}. Text outside of blocks is ignored. Immutable.
 */
record PemFile(List<Block> blocks) {
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----");

    /**
     * One block.
     *
     * @param label the kind of its content, such as {@code CERTIFICATE}
     * @param bytes the content
     * @param line the number of its first line in the file, from 1
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Block(String label, byte[] bytes, int line) {}

    /**
     * Reads a file's text.
     *
     * @throws TlsException if a block does not end, or is not base64; the message contains the line
     */
    static PemFile of(TlsFiles.Content file) {
        String name = file.name();
        String[] lines = file.text().split("\\r?\\n", -1);
        List<Block> blocks = new ArrayList<>();
        for (int at = 0; at < lines.length; at++) {
            Matcher begin = BEGIN.matcher(lines[at].strip());
            if (begin.matches()) {
                int end = end(name, lines, at, begin.group(1));
                blocks.add(new Block(begin.group(1), content(name, lines, at, end), at + 1));
                at = end;
            }
        }
        return new PemFile(List.copyOf(blocks));
    }

    private static int end(String name, String[] lines, int begin, String label) {
        for (int at = begin + 1; at < lines.length; at++) {
            if (lines[at].strip().equals("-----END " + label + "-----")) {
                return at;
            }
        }
        throw new TlsException(name + ", line " + (begin + 1) + ": the block " + label
                + " does not end; expected the line -----END " + label + "-----, so the file is probably cut");
    }

    /** The bytes of a block. Header lines, which contain a colon, belong to encrypted keys of an old form. */
    private static byte[] content(String name, String[] lines, int begin, int end) {
        StringBuilder base64 = new StringBuilder();
        for (int at = begin + 1; at < end; at++) {
            if (lines[at].indexOf(':') >= 0) {
                throw new TlsException(name + ", line " + (at + 1)
                        + ": the key is encrypted; expected a key without a password, such as openssl pkey writes");
            }
            base64.append(lines[at].strip());
        }
        try {
            return Base64.getDecoder().decode(base64.toString());
        } catch (IllegalArgumentException e) {
            throw new TlsException(
                    name + ", line " + (begin + 1) + ": the block that begins here is not base64; expected a PEM file",
                    e);
        }
    }
}
