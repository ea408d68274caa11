package org.reverie.executor.print;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * The XMP packet (ISO 16684-1) that carries the recipe: one property, {@code reverie:recipe}, whose
 * value is the JSON, escaped as XML character data. All three formats have a standard place for it,
 * and readers such as exiftool show it as Recipe.
 */
public final class XmpPacket {
  /** Namespace of the property. */
  public static final String NAMESPACE = "https://reverie.invalid/ns/1.0/";

  private static final String START =
      """
      <?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/">
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      """;
  private static final String END =
      """
      </rdf:RDF>
      </x:xmpmeta>
      <?xpacket end="r"?>
      """;

  private XmpPacket() {}

  /** The packet for a recipe, UTF-8. */
  static byte[] of(String recipe) {
    return packet(
        """
        <rdf:Description rdf:about="" xmlns:reverie="%s">
        <reverie:recipe>%s</reverie:recipe>
        </rdf:Description>
        """
            .formatted(NAMESPACE, escape(recipe)));
  }

  /**
   * A short packet that says the recipe is in an extended one (XMP specification part 3, 1.1.3.1).
   *
   * @param digest MD5 of the extended packet, upper-case hexadecimal
   */
  static byte[] pointingTo(String digest) {
    return packet(
        """
        <rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/"
            xmpNote:HasExtendedXMP="%s"/>
        """
            .formatted(digest));
  }

  /**
   * The recipe in a packet.
   *
   * @param packet XMP, from any writer
   * @return nothing if the packet holds none or is not well-formed
   */
  public static Optional<String> recipe(byte[] packet) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      // A packet comes from a stranger's file: no entities, no external documents.
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new DefaultHandler());
      NodeList found =
          builder
              .parse(new ByteArrayInputStream(packet))
              .getElementsByTagNameNS(NAMESPACE, "recipe");
      return found.getLength() == 0
          ? Optional.empty()
          : Optional.of(found.item(0).getTextContent());
    } catch (SAXException | IOException e) {
      return Optional.empty();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("this Java runtime has no XML parser", e);
    }
  }

  private static byte[] packet(String description) {
    return (START + description + END).getBytes(StandardCharsets.UTF_8);
  }

  /** XML 1.0 character data; what XML cannot hold at all becomes U+FFFD. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + text.length() / 8);
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '\r' -> escaped.append("&#13;");
                default -> escaped.appendCodePoint(legal(point) ? point : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  private static boolean legal(int point) {
    return point == '\t'
        || point == '\n'
        || point >= 0x20 && point <= 0xD7FF
        || point >= 0xE000 && point <= 0xFFFD
        || point >= 0x10000;
  }
}
