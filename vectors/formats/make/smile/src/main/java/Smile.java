import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.smile.SmileFactory;
import tools.jackson.dataformat.smile.SmileMapper;
import tools.jackson.dataformat.smile.SmileWriteFeature;

/** Documents by Jackson's encoder, as JSON lines: {format, by, name, data_b64}. Run by binary.py. */
public class Smile {
    static void emit(String name, byte[] bytes) {
        System.out.printf("{\"format\":\"smile\",\"by\":\"jackson-dataformat-smile 3.1.7 (Java %s)\",\"name\":\"%s\",\"data_b64\":\"%s\"}%n",
            System.getProperty("java.version"), name, Base64.getEncoder().encodeToString(bytes));
    }

    static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) map.put((String) pairs[i], pairs[i + 1]);
        return map;
    }

    public static void main(String[] args) {
        Object chat = map("event", "new message", "args", List.of(map(
            "text", "<b>héllo ✓</b>", "count", 3, "low", -70000, "big", 1L << 53, "f", 1.5, "f32", 1.5f, "ok", true,
            "none", null, "list", List.of(), "map", map(), "long", "a".repeat(70), "longer", "é".repeat(40),
            "empty", "")));
        Object shared = List.of(map("user", "ann", "text", "twice"), map("user", "bob", "text", "twice"));
        Object binary = map("bin", "\u0000<script>alert(1)</script>".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        emit("chat", SmileMapper.builder().build().writeValueAsBytes(chat));
        emit("shared", SmileMapper.builder(SmileFactory.builder().enable(SmileWriteFeature.CHECK_SHARED_STRING_VALUES)
            .build()).build().writeValueAsBytes(shared));
        emit("binary in seven bits", SmileMapper.builder(SmileFactory.builder()
            .enable(SmileWriteFeature.ENCODE_BINARY_AS_7BIT).build()).build().writeValueAsBytes(binary));
        emit("binary raw", SmileMapper.builder(SmileFactory.builder()
            .disable(SmileWriteFeature.ENCODE_BINARY_AS_7BIT).build()).build().writeValueAsBytes(binary));
    }
}
