/// What each method does, in one line for a clinician.
enum MethodWords {
  /// The line of the method `name`; nil for one that it does not know.
  static func line(_ name: String) -> String? { lines[name] }

  private static let lines = [
    "zero-filled":
      "missing lines of k-space are set to zero and the coils combined; shows what undersampling "
      + "alone does",
    "sense":
      "parallel imaging: the image that explains the acquired samples of all coils best, with a "
      + "small penalty on energy",
    "grappa":
      "parallel imaging: every missing sample is predicted from sampled neighbours in all coils, as the "
      + "calibration lines teach",
    "l1-wavelet":
      "compressed sensing: as SENSE, but prefers images that few wavelets describe",
    "tv":
      "compressed sensing: as SENSE, but prefers images that are flat between sharp edges",
    "tgv":
      "compressed sensing: as TV, but slopes of the image may stay slopes",
    "convdecoder":
      "a network that has seen no other image is fitted to the acquired samples of the slice; only "
      + "its structure tells likely images from others",
    "pnp":
      "the acquired samples and a trained denoiser take turns at correcting the image",
    "csgm":
      "a generative network trained on other images: of all images that it can draw, the one that "
      + "explains the acquired samples best; nothing else is added",
    "sparse-gen":
      "as csgm, with a deviation beside the network's image that few wavelets describe",
    "pulse":
      "as csgm, among the images that the network draws most often, those of latents on a sphere",
    "surgery":
      "a generative network without its coarsest levels: the rest of it draws whatever explains the "
      + "acquired samples best",
    "iagan":
      "as csgm, and then the network's weights are adapted to the acquired samples of the slice too",
    "dcgan-csgm":
      "as csgm, with a small network of transposed convolutions, a DCGAN's, and one latent code",
    "vae-csgm":
      "as csgm, with a small fully connected network, a variational autoencoder's, and one latent code",
    "stylegan2-csgm":
      "as csgm, with a StyleGAN2 network and one latent code",
    "stylegan2-projector":
      "as stylegan2-csgm, by the network's style and noises: StyleGAN2's own projector",
    "stylegan2-wplus":
      "as stylegan2-projector, with a style of its own for each layer of the network",
    "stylegan2-pulse":
      "as stylegan2-wplus, among the styles that the network draws most often",
    "stylegan2-ilo":
      "as ilo, with a StyleGAN2 network, as the authors of the method did it",
    "ilo":
      "a generative network trained on other images is adapted layer by layer until its image "
      + "explains the acquired samples; what the samples leave open comes from the network",
  ]
}
