package io.streamkeeper.server.longrun;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * A Java agent that moves the wall clock of the packaged server, without rights that a user does not have and without a
 * property of the server. The server reads the clock in one class only; as it is loaded, its calls of {@code System}
 * become calls of this class, which adds what a file holds: the test changes it while the server runs. A server whose
 * clock is read elsewhere is not moved, and the run misses the counters of {@link Reach} that need a moved clock.
 */
public final class ClockAgent implements ClassFileTransformer {
    private static final String READS_THE_CLOCK = "io/streamkeeper/storage/disk/Clock$1";
    private static final String FROM = "java/lang/System";
    private static final String TO = "io/streamkeeper/server/longrun/ClockAgent";

    private static final int UTF8 = 1;

    /** The tags of a class file's constants that take two places. */
    private static final int LONG = 5;

    private static final int DOUBLE = 6;

    /** How many bytes follow each tag. */
    private static final int[] LENGTHS = {0, 0, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2};

    private static @Nullable MappedByteBuffer moved;

    // ---- in the server ----

    /** Called by the JVM before the server's main method. */
    public static void premain(String file, Instrumentation instrumentation) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file, "r")) {
            moved = opened.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, Long.BYTES);
        }
        instrumentation.addTransformer(new ClockAgent());
    }

    /** The clock that the server reads instead of the machine's. */
    public static long currentTimeMillis() {
        MappedByteBuffer mapped = moved;
        return System.currentTimeMillis() + (mapped == null ? 0 : mapped.getLong(0));
    }

    /** The clock for intervals, which is not moved. */
    public static long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public byte @Nullable [] transform(
            ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] file) {
        if (!READS_THE_CLOCK.equals(name)) {
            return null;
        }
        try {
            return renamed(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The class file with another name of a class among its constants. */
    private static byte[] renamed(byte[] file) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(in.readLong());
        int count = in.readUnsignedShort();
        out.writeShort(count);
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            out.writeByte(tag);
            if (tag == UTF8) {
                String text = in.readUTF();
                out.writeUTF(text.equals(FROM) ? TO : text);
            } else {
                out.write(in.readNBytes(LENGTHS[tag]));
                i += tag == LONG || tag == DOUBLE ? 1 : 0;
            }
        }
        in.transferTo(out);
        return bytes.toByteArray();
    }

    // ---- in the test ----

    /** Writes the agent's jar. */
    static void writeJar(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", ClockAgent.class.getName());
        String entry = TO + ".class";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                InputStream code = ClockAgent.class.getClassLoader().getResourceAsStream(entry)) {
            if (code == null) {
                throw new IOException(entry + " is not in the class path");
            }
            out.putNextEntry(new JarEntry(entry));
            code.transferTo(out);
            out.closeEntry();
        }
    }
}
