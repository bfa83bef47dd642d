import Acquisition
import Testing

/// One mask drawn by fastMRI's `subsample.py` with NumPy 2.4.6 and the file-name seed.
struct MaskVector: CustomTestStringConvertible, Sendable {
  let fileName: String
  let columns: Int
  let acceleration: Double
  let centerFraction: Double
  let pattern: MaskPattern
  let calibrationLines: Int
  let sampledCount: Int
  /// The first 16 hexadecimal digits of the SHA-256 of the mask written as "0101…".
  let digest: String
  let hexadecimal: String?

  init(_ line: Substring) {
    let words = line.split(separator: " ").map(String.init)
    fileName = words[0]
    columns = Int(words[1])!
    acceleration = Double(words[2])!
    centerFraction = Double(words[3])!
    pattern = MaskPattern(rawValue: words[4])!
    calibrationLines = Int(words[5])!
    sampledCount = Int(words[6])!
    digest = words[7]
    hexadecimal = words.count > 8 ? words[8] : nil
  }

  var testDescription: String {
    "\(pattern.rawValue) \(acceleration)x of \(columns), \(fileName)"
  }

  /// Columns: file name, columns, acceleration, centre fraction, pattern, calibration lines,
  /// sampled columns, digest, and the hexadecimal mask where it was recorded.
  static let all: [MaskVector] = table.split(separator: "\n").map(MaskVector.init)

  private static let table = """
    file1000000.h5 368 4 0.08 random 29 88 80fbeb6950531d77 0862018c90401008005040a00008000040488240087ffffffe08cc025040021808610400008c00210a1200648900
    file1000000.h5 368 4 0.08 equispaced 29 114 31da949cbffba2bf 4444444444444444444444444444444444444444447ffffffe444444444444444444444444444444444444444444
    file1000000.h5 368 4 0.08 equispaced_fraction 29 93 ba723d332cd09705 420841084108410821082108210421042084208420bffffffe841082108210421042104208420842084108410821
    file1000000.h5 368 4 0.08 magic 29 114 70f5b1e8e3f9dfc6 1111111111111111111111111111111111111111113fffffff111111111111111111111111111111111111111111
    file1000000.h5 368 4 0.08 magic_fraction 29 86 f89cdbe8a55a18d7 1041041041041041041041041041041041041041043fffffff041041041041041041041041041041041041041041
    file1000000.h5 368 8 0.04 random 15 46 9d42436797afe739 0002000c1000100000104080000800000008804000007fff0a08c8021000000008010400008000200a0000608800
    file1000000.h5 368 8 0.04 equispaced 15 59 92141de3ee193ad9 404040404040404040404040404040404040404040407fff40404040404040404040404040404040404040404040
    file1000000.h5 368 8 0.04 equispaced_fraction 15 45 67cad658b61f0394 004008008010010020040040080100100200200400807fff00100200400400800801002002004008008010010020
    file1000000.h5 368 8 0.04 magic 15 59 4e7b0bb0fb9fda9f 010101010101010101010101010101010101010101017fff10101010101010101010101010101010101010101010
    file1000000.h5 368 8 0.04 magic_fraction 15 45 7be3b31e7083abb9 010010010010010010010010010010010010010010017fff10010010010010010010010010010010010010010010
    file1000000.h5 372 4 0.08 random 30 89 155118b0c6e3005a
    file1000000.h5 372 4 0.08 equispaced 30 116 5c409bd89c7dab71
    file1000000.h5 372 4 0.08 equispaced_fraction 30 94 479778cab0e24cbf
    file1000000.h5 372 4 0.08 magic 30 116 5c409bd89c7dab71
    file1000000.h5 372 4 0.08 magic_fraction 30 87 d16e9a3265d0fc6a
    file1000000.h5 372 8 0.04 random 15 46 19d4409ffe66dae1
    file1000000.h5 372 8 0.04 equispaced 15 60 34827620890dbb46
    file1000000.h5 372 8 0.04 equispaced_fraction 15 45 8804265d4e77e8e9
    file1000000.h5 372 8 0.04 magic 15 60 3b427cf351c96278
    file1000000.h5 372 8 0.04 magic_fraction 15 45 7b04e06d0ca43215
    file1000000.h5 320 4 0.08 random 26 76 31291cdf69a44e21
    file1000000.h5 320 4 0.08 equispaced 26 100 1a0c679bf77b77fd
    file1000000.h5 320 4 0.08 equispaced_fraction 26 80 0818c1b1fe3e715b
    file1000000.h5 320 4 0.08 magic 26 99 554ae7f37ffad45b
    file1000000.h5 320 4 0.08 magic_fraction 26 75 4febfceaa83f9963
    file1000000.h5 320 8 0.04 random 13 39 103bddac2e4a0474
    file1000000.h5 320 8 0.04 equispaced 13 52 b58cbbe7461d999f
    file1000000.h5 320 8 0.04 equispaced_fraction 13 40 310b014ff7ba1a31
    file1000000.h5 320 8 0.04 magic 13 51 4f2acb615f8c5dab
    file1000000.h5 320 8 0.04 magic_fraction 13 39 ddf51f0a294dec26
    file1000000.h5 396 4 0.08 random 32 91 0bc7744584d376ee
    file1000000.h5 396 4 0.08 equispaced 32 123 d82797ca9276b997
    file1000000.h5 396 4 0.08 equispaced_fraction 32 99 181a1c51a38207ef
    file1000000.h5 396 4 0.08 magic 32 123 d82797ca9276b997
    file1000000.h5 396 4 0.08 magic_fraction 32 92 33fdcf1cc162b25d
    file1000000.h5 396 8 0.04 random 16 48 648a77c41cc827da
    file1000000.h5 396 8 0.04 equispaced 16 64 64741861a3e2e7ba
    file1000000.h5 396 8 0.04 equispaced_fraction 16 49 b967e15a301c8dac
    file1000000.h5 396 8 0.04 magic 16 64 c3f8a0533cf72368
    file1000000.h5 396 8 0.04 magic_fraction 16 48 0a15035c1ad57de4
    file1000000.h5 33 4 0.08 random 3 12 de9b64f7f9e05f27 0863c18c80
    file1000000.h5 33 4 0.08 equispaced 3 10 d49293a51b534434 4445c44400
    file1000000.h5 33 4 0.08 equispaced_fraction 3 9 5d182aeb0d2cd2fc 4109e08200
    file1000000.h5 33 4 0.08 magic 3 10 598d2001e8d7c01b 1111d11100
    file1000000.h5 33 4 0.08 magic_fraction 3 7 59a8caead44a711b 4081d02000
    file1000000.h5 33 8 0.04 random 1 4 a8d02191c50edcee 0002800c00
    file1000000.h5 33 8 0.04 equispaced 1 5 93b1df92e2212d27 4040c04000
    file1000000.h5 33 8 0.04 equispaced_fraction 1 4 9ce0353778471746 0040900400
    file1000000.h5 33 8 0.04 magic 1 5 de18b06ba61c77ca 0101901000
    file1000000.h5 33 8 0.04 magic_fraction 1 3 fb327f722ed2c606 0100801000
    file1000831.h5 368 4 0.08 random 29 94 8fd95ddf3d52abf7
    file1000831.h5 368 4 0.08 equispaced 29 114 70f5b1e8e3f9dfc6
    file1000831.h5 368 4 0.08 equispaced_fraction 29 91 c740edf066842b2b
    file1000831.h5 368 4 0.08 magic 29 114 31da949cbffba2bf
    file1000831.h5 368 4 0.08 magic_fraction 29 86 0e1a8dbbe259e93b
    file1000831.h5 368 8 0.04 random 15 54 1ce492e81f3d092c
    file1000831.h5 368 8 0.04 equispaced 15 59 01bddebd60edcf65
    file1000831.h5 368 8 0.04 equispaced_fraction 15 45 105682298b77f74a
    file1000831.h5 368 8 0.04 magic 15 59 64004ae4c08a9cb5
    file1000831.h5 368 8 0.04 magic_fraction 15 45 56494e6e1825e38b
    file1000831.h5 372 4 0.08 random 30 95 87c2d4616c20a016
    file1000831.h5 372 4 0.08 equispaced 30 115 da691800915766cd
    file1000831.h5 372 4 0.08 equispaced_fraction 30 92 0aa6ef49c021faaa
    file1000831.h5 372 4 0.08 magic 30 115 da691800915766cd
    file1000831.h5 372 4 0.08 magic_fraction 30 87 4797f640a87415ec
    file1000831.h5 372 8 0.04 random 15 54 0776129d89a9fd3f
    file1000831.h5 372 8 0.04 equispaced 15 60 19b58b63b3a5a0a5
    file1000831.h5 372 8 0.04 equispaced_fraction 15 47 9e1da888c46013a1
    file1000831.h5 372 8 0.04 magic 15 59 0921d1fc0b6492bc
    file1000831.h5 372 8 0.04 magic_fraction 15 45 ec7846eacb8cbdaf
    file1000831.h5 320 4 0.08 random 26 74 61c1525ceb0b5713
    file1000831.h5 320 4 0.08 equispaced 26 99 554ae7f37ffad45b
    file1000831.h5 320 4 0.08 equispaced_fraction 26 80 1d8019db1a5a8c18
    file1000831.h5 320 4 0.08 magic 26 100 1a0c679bf77b77fd
    file1000831.h5 320 4 0.08 magic_fraction 26 75 f41204ce25d75009
    file1000831.h5 320 8 0.04 random 13 43 a7a407e9dd5da92f
    file1000831.h5 320 8 0.04 equispaced 13 51 64b3b21b7f4a0c38
    file1000831.h5 320 8 0.04 equispaced_fraction 13 39 f8bcc2eb9d390ee8
    file1000831.h5 320 8 0.04 magic 13 51 12034e5e59aa26d1
    file1000831.h5 320 8 0.04 magic_fraction 13 39 a8a6db45ef3ddb78
    file1000831.h5 396 4 0.08 random 32 101 ca966faf3421ac07
    file1000831.h5 396 4 0.08 equispaced 32 123 91da296755125eb8
    file1000831.h5 396 4 0.08 equispaced_fraction 32 99 7f527e4c858bc5a1
    file1000831.h5 396 4 0.08 magic 32 123 91da296755125eb8
    file1000831.h5 396 4 0.08 magic_fraction 32 93 21db230077250e9e
    file1000831.h5 396 8 0.04 random 16 57 bd176f711f7a1b14
    file1000831.h5 396 8 0.04 equispaced 16 64 d6f2cf3e913a1887
    file1000831.h5 396 8 0.04 equispaced_fraction 16 50 09e8a46aaa86e151
    file1000831.h5 396 8 0.04 magic 16 64 d6f2cf3e913a1887
    file1000831.h5 396 8 0.04 magic_fraction 16 48 7a908aa427d0e702
    file1000831.h5 33 4 0.08 random 3 10 f3af1db100458079
    file1000831.h5 33 4 0.08 equispaced 3 10 598d2001e8d7c01b
    file1000831.h5 33 4 0.08 equispaced_fraction 3 9 dd1e1f22193e1246
    file1000831.h5 33 4 0.08 magic 3 10 d49293a51b534434
    file1000831.h5 33 4 0.08 magic_fraction 3 7 e03f217a0363bcd4
    file1000831.h5 33 8 0.04 random 1 5 45980c23f1318bd7
    file1000831.h5 33 8 0.04 equispaced 1 5 d069379d89d174df
    file1000831.h5 33 8 0.04 equispaced_fraction 1 4 6eadedfacb1a9e69
    file1000831.h5 33 8 0.04 magic 1 5 9b8a25112100ec3f
    file1000831.h5 33 8 0.04 magic_fraction 1 3 04536753d27282e1
    file_brain_AXT2_200_2000019.h5 368 4 0.08 random 29 98 4375a5997ea882fd
    file_brain_AXT2_200_2000019.h5 368 4 0.08 equispaced 29 114 31da949cbffba2bf
    file_brain_AXT2_200_2000019.h5 368 4 0.08 equispaced_fraction 29 93 ba723d332cd09705
    file_brain_AXT2_200_2000019.h5 368 4 0.08 magic 29 114 70f5b1e8e3f9dfc6
    file_brain_AXT2_200_2000019.h5 368 4 0.08 magic_fraction 29 86 f89cdbe8a55a18d7
    file_brain_AXT2_200_2000019.h5 368 8 0.04 random 15 52 641acff70ae0542e
    file_brain_AXT2_200_2000019.h5 368 8 0.04 equispaced 15 59 92141de3ee193ad9
    file_brain_AXT2_200_2000019.h5 368 8 0.04 equispaced_fraction 15 45 67cad658b61f0394
    file_brain_AXT2_200_2000019.h5 368 8 0.04 magic 15 59 4e7b0bb0fb9fda9f
    file_brain_AXT2_200_2000019.h5 368 8 0.04 magic_fraction 15 45 7be3b31e7083abb9
    file_brain_AXT2_200_2000019.h5 372 4 0.08 random 30 98 bebfd6c163205cfe
    file_brain_AXT2_200_2000019.h5 372 4 0.08 equispaced 30 116 5c409bd89c7dab71
    file_brain_AXT2_200_2000019.h5 372 4 0.08 equispaced_fraction 30 94 479778cab0e24cbf
    file_brain_AXT2_200_2000019.h5 372 4 0.08 magic 30 116 5c409bd89c7dab71
    file_brain_AXT2_200_2000019.h5 372 4 0.08 magic_fraction 30 87 d16e9a3265d0fc6a
    file_brain_AXT2_200_2000019.h5 372 8 0.04 random 15 52 55a3cdadbad28662
    file_brain_AXT2_200_2000019.h5 372 8 0.04 equispaced 15 60 34827620890dbb46
    file_brain_AXT2_200_2000019.h5 372 8 0.04 equispaced_fraction 15 45 8804265d4e77e8e9
    file_brain_AXT2_200_2000019.h5 372 8 0.04 magic 15 60 3b427cf351c96278
    file_brain_AXT2_200_2000019.h5 372 8 0.04 magic_fraction 15 45 7b04e06d0ca43215
    file_brain_AXT2_200_2000019.h5 320 4 0.08 random 26 81 4dc51e7cca88a1df
    file_brain_AXT2_200_2000019.h5 320 4 0.08 equispaced 26 100 1a0c679bf77b77fd
    file_brain_AXT2_200_2000019.h5 320 4 0.08 equispaced_fraction 26 80 0818c1b1fe3e715b
    file_brain_AXT2_200_2000019.h5 320 4 0.08 magic 26 99 554ae7f37ffad45b
    file_brain_AXT2_200_2000019.h5 320 4 0.08 magic_fraction 26 75 4febfceaa83f9963
    file_brain_AXT2_200_2000019.h5 320 8 0.04 random 13 42 f071b4b1d155e2e1
    file_brain_AXT2_200_2000019.h5 320 8 0.04 equispaced 13 52 b58cbbe7461d999f
    file_brain_AXT2_200_2000019.h5 320 8 0.04 equispaced_fraction 13 40 310b014ff7ba1a31
    file_brain_AXT2_200_2000019.h5 320 8 0.04 magic 13 51 4f2acb615f8c5dab
    file_brain_AXT2_200_2000019.h5 320 8 0.04 magic_fraction 13 39 ddf51f0a294dec26
    file_brain_AXT2_200_2000019.h5 396 4 0.08 random 32 106 8ed8e9c85398d054
    file_brain_AXT2_200_2000019.h5 396 4 0.08 equispaced 32 123 d82797ca9276b997
    file_brain_AXT2_200_2000019.h5 396 4 0.08 equispaced_fraction 32 99 181a1c51a38207ef
    file_brain_AXT2_200_2000019.h5 396 4 0.08 magic 32 123 d82797ca9276b997
    file_brain_AXT2_200_2000019.h5 396 4 0.08 magic_fraction 32 92 33fdcf1cc162b25d
    file_brain_AXT2_200_2000019.h5 396 8 0.04 random 16 56 bb4be1c9ca07a31d
    file_brain_AXT2_200_2000019.h5 396 8 0.04 equispaced 16 64 64741861a3e2e7ba
    file_brain_AXT2_200_2000019.h5 396 8 0.04 equispaced_fraction 16 49 b967e15a301c8dac
    file_brain_AXT2_200_2000019.h5 396 8 0.04 magic 16 64 c3f8a0533cf72368
    file_brain_AXT2_200_2000019.h5 396 8 0.04 magic_fraction 16 48 0a15035c1ad57de4
    file_brain_AXT2_200_2000019.h5 33 4 0.08 random 3 8 9f6167d283f9e5b2
    file_brain_AXT2_200_2000019.h5 33 4 0.08 equispaced 3 10 d49293a51b534434
    file_brain_AXT2_200_2000019.h5 33 4 0.08 equispaced_fraction 3 9 5d182aeb0d2cd2fc
    file_brain_AXT2_200_2000019.h5 33 4 0.08 magic 3 10 598d2001e8d7c01b
    file_brain_AXT2_200_2000019.h5 33 4 0.08 magic_fraction 3 7 59a8caead44a711b
    file_brain_AXT2_200_2000019.h5 33 8 0.04 random 1 5 95ad42efdb382b33
    file_brain_AXT2_200_2000019.h5 33 8 0.04 equispaced 1 5 93b1df92e2212d27
    file_brain_AXT2_200_2000019.h5 33 8 0.04 equispaced_fraction 1 4 9ce0353778471746
    file_brain_AXT2_200_2000019.h5 33 8 0.04 magic 1 5 de18b06ba61c77ca
    file_brain_AXT2_200_2000019.h5 33 8 0.04 magic_fraction 1 3 fb327f722ed2c606
    """
}
